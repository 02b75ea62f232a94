"""What the advisor knows: typed, sourced, dated entries and how they are found by name."""

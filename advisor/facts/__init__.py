"""Facts about a plan: flat, typed, documented; the only thing that rules see."""

"""Memory, time and cost of a run: pure functions of numbers, each with its source, each with low, likely and high."""

"""Tells, before the money is spent, whether a plan to train or fine-tune a language model will work."""

"""A report model and its renderers."""

"""Rules as data: one YAML file a rule."""

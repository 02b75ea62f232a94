"""From a plan file to a typed plan: strict YAML, positions, units, all errors at once."""

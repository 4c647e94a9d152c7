"""The settings of a plan file, checked."""

"""The week: when to patrol, where, by whom, and never the same twice; pure, no files."""

"""The commands: each file reads the options of a verb, calls the library and tells people."""

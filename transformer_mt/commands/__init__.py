"""The commands: each parses its options, calls one pipeline and prints."""

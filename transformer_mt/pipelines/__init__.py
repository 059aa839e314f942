"""One file per command: the whole path, top to bottom."""

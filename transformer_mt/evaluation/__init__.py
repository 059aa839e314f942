"""Text to scores, and to how far they can be trusted."""

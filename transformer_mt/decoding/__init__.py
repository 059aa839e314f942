"""Logits to token ids to text."""

"""The architecture: token ids to logits."""

"""What is wrong with a corpus, found in one pass over its bytes and one over its statistics."""

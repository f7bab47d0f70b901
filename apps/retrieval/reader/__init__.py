"""The reader: a cross-encoder that says how well a passage answers, and where in it."""

"""Admin pages of golden sets, their questions and runs, and of “Why not this document?”."""

"""Proof that nothing leaves: an installation in a network without a way out that sees who tries."""

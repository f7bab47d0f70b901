"""The chat bubble on pages of the intranet."""

"""Showing a source at its page with the cited words lit."""

"""The question page."""

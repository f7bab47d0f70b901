"""Writes the figures of a report out, in the language that is active."""

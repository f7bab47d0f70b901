"""Whether what an answer says stands in its sources."""

"""Reports as files: PDF and HTML."""

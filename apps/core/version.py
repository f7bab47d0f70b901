"""The version of this program (pyproject.toml says the same; a test compares)."""

VERSION = "0.2.0"

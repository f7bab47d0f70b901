"""The version of this program (pyproject.toml says the same; a test compares)."""

VERSION = "0.2.0"


def minor_of(version: str) -> tuple[int, int]:
    """Major and minor number, to be compared. `0.2.0` -> (0, 2). Raises ValueError."""
    major, minor, *_ = version.split(".")
    return int(major), int(minor)

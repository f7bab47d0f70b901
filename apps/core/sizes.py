"""Sizes as people write them."""

import re

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
          "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}  # fmt: skip


def parse_size(text: str) -> int:
    """Bytes in `8GB`, `512 MiB` or `1000`. Raises ValueError on anything else, and on zero."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", str(text))
    if match is None or match[2].upper() not in _UNITS:
        raise ValueError(f"{text!r} is not a size; write for example 8GB or 512MB")
    size_bytes = int(float(match[1]) * _UNITS[match[2].upper()])
    if size_bytes <= 0:
        raise ValueError(f"{text!r} is not a size above zero")
    return size_bytes

"""The names of the streams in a compound file, which tell the old Office formats apart."""

import struct
from pathlib import Path


def ole_names(path: Path) -> set[str]:
    """Names in the directory of a compound file ([MS-CFB] 2.6). Damaged files give fewer."""
    names: set[str] = set()
    with path.open("rb") as file:
        header = file.read(512)
        if len(header) < 512:
            return names
        size = 1 << min(struct.unpack_from("<H", header, 30)[0], 16)
        sector: int = struct.unpack_from("<I", header, 48)[0]
        fat_sectors = struct.unpack_from("<109I", header, 76)
        for _ in range(4096):
            if sector >= 0xFFFFFFFA:
                break
            file.seek((sector + 1) * size)
            names.update(_directory_names(file.read(size)))
            index, offset = divmod(sector, size // 4)
            if index >= 109 or fat_sectors[index] >= 0xFFFFFFFA:
                break
            file.seek((fat_sectors[index] + 1) * size + offset * 4)
            link = file.read(4)
            sector = struct.unpack("<I", link)[0] if len(link) == 4 else 0xFFFFFFFE
    return names


def _directory_names(data: bytes) -> set[str]:
    names = set()
    for start in range(0, len(data) - 127, 128):
        length = struct.unpack_from("<H", data, start + 64)[0]
        if 2 <= length <= 64:
            name = data[start : start + length - 2].decode("utf-16-le", "replace")
            names.add(name.removeprefix("__nameid") if name.startswith("__nameid") else name)
    return names

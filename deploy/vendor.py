"""Renews the files of other people that our pages load, from npm, at the versions below.

Usage: vendor.py [--tarballs FOLDER] [--accept]. Needs npm, unless FOLDER holds the tarballs.
The files must have the hashes of deploy/vendor.sha256; --accept writes that list anew.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "apps/portal/static/portal"
VENDOR = STATIC / "vendor"
ADMIN_VENDOR = ROOT / "apps/core/static/clawdbot/vendor"  # for the admin's pages, of any app
MANIFEST = ROOT / "deploy/vendor.sha256"
HTMX, LUCIDE, PDFJS = "htmx.org-2.0.11", "lucide-static-1.62.0", "pdfjs-dist-5.6.205"
UPLOT = "uplot-1.6.32"
PDFJS_FOLDER = "pdfjs-5.6.205"
FOLDERS = {HTMX: VENDOR, LUCIDE: VENDOR, PDFJS: VENDOR, UPLOT: ADMIN_VENDOR}
# Package -> pattern of a path in it -> where in its folder it goes ("/" at the end: keep the name).
FILES = {
    HTMX: {"dist/htmx.min.js": "htmx-2.0.11.min.js", "LICENSE": "licenses/htmx.txt"},
    LUCIDE: {"LICENSE": "licenses/lucide.txt"},
    PDFJS: {
        "LICENSE": "licenses/pdfjs.txt",
        "legacy/build/pdf.min.mjs": f"{PDFJS_FOLDER}/",
        "legacy/build/pdf.worker.min.mjs": f"{PDFJS_FOLDER}/",
        "legacy/web/pdf_viewer.mjs": f"{PDFJS_FOLDER}/",
        "cmaps/*": f"{PDFJS_FOLDER}/cmaps/",
        "standard_fonts/*": f"{PDFJS_FOLDER}/standard_fonts/",
        "iccs/*": f"{PDFJS_FOLDER}/iccs/",
        "wasm/*.wasm": f"{PDFJS_FOLDER}/wasm/",
        "wasm/LICENSE*": f"{PDFJS_FOLDER}/wasm/",
    },
    UPLOT: {
        "LICENSE": "licenses/uplot.txt",
        "dist/uPlot.iife.min.js": "uplot-1.6.32.min.js",
        "dist/uPlot.min.css": "uplot-1.6.32.min.css",
    },
}
ICONS = "icons.svg"
SOURCE_MAP = re.compile(rb"\n//# sourceMappingURL=\S+\s*\Z")
SYMBOL = re.compile(r'<symbol id="([\w-]+)".*?</symbol>', re.DOTALL)


def members(tarball: Path) -> Iterator[tuple[str, bytes]]:
    """The package's files: path inside it, bytes."""
    with tarfile.open(tarball) as archive:
        for member in archive:
            if member.isfile() and (file := archive.extractfile(member)):
                yield member.name.partition("/")[2], file.read()


def fetched(package: str, folder: Path) -> Path:
    """The package's tarball: the one in the folder, else from npm."""
    tarball = folder / f"{package}.tgz"
    if not tarball.is_file():
        name, _, version = package.rpartition("-")
        command = ["npm", "pack", f"{name}@{version}", "--silent", "--ignore-scripts"]
        subprocess.run(command, cwd=folder, check=True)
    return tarball


def place(package: str, files: dict[str, bytes]) -> Iterator[tuple[Path, bytes]]:
    """What goes where, source maps' addresses taken off."""
    for pattern, target in FILES[package].items():
        found = [path for path in files if fnmatchcase(path, pattern)]
        if not found:
            sys.exit(f"{package} has no {pattern}")
        for path in found:
            name = target + Path(path).name if target.endswith("/") else target
            yield FOLDERS[package] / name, SOURCE_MAP.sub(b"\n", files[path])


def icons(files: dict[str, bytes], text: str) -> str:
    """icons.svg with each of its symbols as this version of Lucide draws it."""

    def drawn(match: re.Match[str]) -> str:
        svg = files[f"icons/{match[1]}.svg"].decode()
        inner = svg.partition("<svg")[2].partition(">")[2]
        shapes = "".join(line.strip() for line in inner.rpartition("</svg>")[0].splitlines())
        shapes = shapes.replace(" />", "/>")
        return f'<symbol id="{match[1]}" viewBox="0 0 24 24">{shapes}</symbol>'

    return SYMBOL.sub(drawn, text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tarballs", type=Path)
    parser.add_argument("--accept", action="store_true")
    options = parser.parse_args()
    placed: dict[Path, bytes] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.tarballs or Path(scratch)
        packages = {package: dict(members(fetched(package, folder))) for package in FILES}
    for package, files in packages.items():
        placed |= place(package, files)
    hashes = {
        str(path.relative_to(ROOT)): hashlib.sha256(data).hexdigest()
        for path, data in sorted(placed.items())
    }
    listed = "".join(f"{digest}  {name}\n" for name, digest in hashes.items())
    if options.accept:
        MANIFEST.write_text(listed)
    elif MANIFEST.read_text() != listed:
        sys.exit("What npm sent differs from deploy/vendor.sha256: nothing was changed.")
    for path, data in placed.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    symbols = STATIC / ICONS
    symbols.write_text(icons(packages[LUCIDE], symbols.read_text()))
    total = sum(map(len, placed.values()))
    print(f"{len(placed)} files, {total / 1e6:.1f} MB, as listed in {MANIFEST.name}")


if __name__ == "__main__":
    main()

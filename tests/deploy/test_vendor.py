"""Files of other people that our pages load."""

import hashlib

from deploy.vendor import ADMIN_VENDOR, MANIFEST, ROOT, VENDOR


def test_vendored_files_are_those_that_were_accepted():
    listed = dict(reversed(line.split("  ", 1)) for line in MANIFEST.read_text().splitlines())

    there = {
        str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in (VENDOR, ADMIN_VENDOR)
        for path in folder.rglob("*")
        if path.is_file()
    }

    assert there == listed

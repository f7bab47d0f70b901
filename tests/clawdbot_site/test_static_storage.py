"""The names and lifetimes of static files."""

import re

import pytest

from clawdbot_site.static_storage import IMMUTABLE, StaticFiles

VENDOR = "vendor/pdfjs-5.6.205"
PDFJS = f"portal/{VENDOR}/"


@pytest.fixture
def collected(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    storage = StaticFiles(location=tmp_path)
    sources = {
        "portal/a.js": f'import {{ b }} from "./b.js";\nimport {{ c }} from "./{VENDOR}/c.mjs";',
        "portal/b.js": "export const b = 1;",
        f"{PDFJS}c.mjs": "export const c = 1;",
        "other/d.js": 'import("./missing.js")',
    }
    for name, text in sources.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    list(storage.post_process({name: (storage, name) for name in sources}))
    return storage


def test_our_modules_import_each_other_by_hashed_names(collected):
    module = collected.path(collected.stored_name("portal/a.js"))

    with open(module) as file:
        text = file.read()
    assert re.search(r'"\./b\.[0-9a-f]{12}\.js"', text)
    assert f'"./{VENDOR}/c.mjs"' in text


def test_files_in_a_versioned_folder_keep_their_names(collected):
    assert collected.stored_name(f"{PDFJS}c.mjs") == f"{PDFJS}c.mjs"


@pytest.mark.parametrize(
    ("address", "is_kept"),
    [
        (f"/static/{PDFJS}cmaps/UniGB-UCS2-H.bcmap", True),
        ("/static/portal/shell.0123456789ab.js", True),
        ("/static/portal/shell.js", False),
        ("/static/portal/vendor/readme.txt", False),
    ],
)
def test_only_what_never_changes_is_kept_for_good(address, is_kept):
    assert bool(re.match(IMMUTABLE, address)) == is_kept

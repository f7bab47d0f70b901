"""The files of a Tantivy folder: its segments, linking them, the lists that name them."""

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

META, MANAGED = "meta.json", ".managed.json"


def meta_of(folder: Path) -> dict[str, Any]:
    """The state a folder is in, as Tantivy wrote it."""
    found: dict[str, Any] = json.loads((folder / META).read_bytes())
    return found


def file_of(entry: dict[str, Any]) -> str:
    """What the names of a segment's files begin with."""
    return str(entry["segment_id"]).replace("-", "")


def link_files(source: Path, target: Path, entries: Sequence[dict[str, Any]]) -> None:
    """Hard-link these segments' files; copies where links are not possible.

    Tantivy never changes such a file once written. Raises FileNotFoundError when one went away.
    """
    wanted = {file_of(entry) for entry in entries}
    for name in [path.name for path in sorted(source.iterdir())]:
        if name.split(".")[0] not in wanted:
            continue
        try:
            os.link(source / name, target / name)
        except FileNotFoundError:
            raise
        except OSError:  # a file system without links
            shutil.copyfile(source / name, target / name)


def write_lists(folder: Path, meta: dict[str, Any]) -> None:
    """Make `meta` the state of the folder, and name its files so that Tantivy tidies them up."""
    names = [path.name for path in sorted(folder.iterdir()) if path.is_file()]
    ours = [name for name in names if name != MANAGED and not name.endswith(".lock")]
    (folder / META).write_text(json.dumps(meta))
    (folder / MANAGED).write_text(json.dumps([*{*ours, META}]))

"""The next minor version of this program: as it is here, with one more column in a busy table."""

import re
import shutil
from pathlib import Path

from apps.core.version import VERSION as THIS
from tests.cluster.node import ROOT

COPIED = ("apps", "clawdbot_site", "ingest", "deploy", "locale", "manage.py")
MAJOR, MINOR, _ = THIS.split(".")
VERSION = f"{MAJOR}.{int(MINOR) + 1}.0"
FIELD = '    newer = models.CharField(max_length=9, default="new", null=True)\n'
MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generation", "{last}")]
    operations = [
        migrations.AddField(
            "trace", "newer", models.CharField(max_length=9, default="new", null=True)
        )
    ]
"""


def write_newer_program(folder: Path) -> Path:
    """Write it into a new folder; returns the folder."""
    folder.mkdir()
    for name in COPIED:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    (folder / "models").symlink_to(ROOT / "models")
    _replace(folder / "apps" / "core" / "version.py", THIS, VERSION)
    _add_a_column(folder / "apps" / "generation")
    return folder


def _add_a_column(app: Path) -> None:
    last = max(path.stem for path in (app / "migrations").glob("[0-9]*.py"))
    number = int(last[:4]) + 1
    (app / "migrations" / f"{number:04}_newer.py").write_text(MIGRATION.format(last=last))
    (file,) = (path for path in (app / "models").rglob("*.py") if _TRACE.search(path.read_text()))
    file.write_text(_TRACE.sub(lambda found: found[0] + FIELD, file.read_text()))


# The class, with the first field after its docstring.
_TRACE = re.compile(r"^class Trace\(.*?\n(?=    \w+ = )", re.MULTILINE | re.DOTALL)


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))

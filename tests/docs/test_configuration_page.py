"""The configuration page is what the model says."""

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_generated_from_the_model():
    render = runpy.run_path(str(ROOT / "docs" / "configuration.py"))["render"]

    written = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")

    assert written == render(), "run: python docs/configuration.py"

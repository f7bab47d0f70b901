"""Nothing leaves the building, not even what libraries would tell their makers."""

import subprocess
import sys

from tests.installation import ROOT

CODE = """
from pathlib import Path
from apps.retrieval.onnx_sessions import session_of
session_of(next(Path("models/clawdbot-reader").glob("*.onnx")))
"""


def test_onnx_runtime_prepares_no_reports_to_its_maker(tmp_path):
    subprocess.run(
        [sys.executable, "-c", CODE], cwd=ROOT, check=True, timeout=60, env={"HOME": str(tmp_path)}
    )

    assert list(tmp_path.rglob("*")) == []

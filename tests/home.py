"""Gives each test process a home folder before Django reads its settings (loaded by `-p`)."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="clawdbot-test-"))
os.environ["CLAWDBOT_HOME"] = str(HOME)
(HOME / "data" / "static").mkdir(parents=True)
atexit.register(shutil.rmtree, HOME, ignore_errors=True)

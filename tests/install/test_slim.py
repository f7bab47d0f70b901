"""Slimming the environment: what goes, and that what stays still works."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SLIM = ROOT / "deploy" / "slim.py"


@pytest.fixture
def venv(tmp_path):
    site = tmp_path / "lib" / "python3.11" / "site-packages"
    for name in (
        "django/conf/locale/de/LC_MESSAGES/django.mo",
        "django/conf/locale/zh_Hans/LC_MESSAGES/django.mo",
        "django/conf/locale/__init__.py",
        "numpy/linalg/tests/test_x.py",
        "numpy/linalg/linalg.py",
        "onnxruntime/capi/libonnxruntime.so.1.32.0",
        "pygments/lexers/python.py",
        "pygments/lexers/ada.py",
        "drf/static/a.js.map",
    ):
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x" * 100)
    return tmp_path


def test_only_what_nobody_uses_goes(venv):
    for _ in range(2):  # safe to repeat
        subprocess.run([sys.executable, SLIM, venv], check=True)

    kept = {path.name for path in venv.rglob("*") if path.is_file()}
    assert kept == {"django.mo", "__init__.py", "linalg.py", "python.py", "a.js.map"}
    assert not list(venv.rglob("de"))
    assert (next(venv.rglob("a.js.map"))).read_text().startswith('{"version": 3')


def test_the_locks_name_every_package_exactly_with_its_hash():
    for profile, least in {"workstation": 40, "dev": 40, "training": 5}.items():
        text = (ROOT / f"requirements-{profile}.txt").read_text()
        entries = [line for line in text.splitlines() if line and line[0].isalpha()]
        assert len(entries) > least
        assert all("==" in line for line in entries)
        assert text.count("--hash=sha256:") >= len(entries)


def test_the_default_installation_has_no_torch():
    text = (ROOT / "requirements-workstation.txt").read_text().lower()

    assert not any(f"\n{name}==" in text for name in ("torch", "transformers", "llama-cpp-python"))

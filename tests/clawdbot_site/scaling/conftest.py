"""A home of its own, and programs that write down what they are told."""

import pytest

from apps.core import config
from clawdbot_site.supervision import control

RECORDING = """#!/bin/sh
echo "{name} $*" >> {log}
case "$*" in
{answers}
esac
exit {exit_code}
"""


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setattr(control, "is_running", lambda _: False)
    (tmp_path / "bin").mkdir()
    config.load.cache_clear()
    yield tmp_path
    config.load.cache_clear()


@pytest.fixture
def program(home):
    """Puts a program of this name on the PATH; `answers`: what it prints when told such words."""

    def put(name, answers=(), exit_code=0):
        lines = [f"  {told}) echo '{said}';;" for told, said in dict(answers).items()]
        path = home / "bin" / name
        text = RECORDING.format(
            name=name, log=home / "told", answers="\n".join(lines), exit_code=exit_code
        )
        path.write_text(text)
        path.chmod(0o755)

    return put


@pytest.fixture
def told(home):
    """What the programs were told, call by call."""
    return lambda: (home / "told").read_text().splitlines() if (home / "told").exists() else []

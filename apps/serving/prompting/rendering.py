"""The client of the process that renders templates."""

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

_PROGRAM = Path(__file__).with_name("renderer.py")


class TemplateRefuses(Exception):
    """The template cannot write this conversation. The text says why, for the client."""


class TemplateBroken(Exception):
    """The template can write none: no Jinja, or it ran out of time or memory."""


class Renderer:
    """Renders one text at a time in a child, which is started at need. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def render(self, source: str, context: Mapping[str, Any]) -> str:
        """The text of the template. Raises TemplateRefuses, TemplateBroken."""
        asked = json.dumps({"source": source, "context": context}).encode() + b"\n"
        with self._lock:
            answer = self._ask(asked)
        if not answer:
            raise TemplateBroken("it takes more than half a second, or ends its process")
        found = json.loads(answer)
        if "text" in found:
            return str(found["text"])
        raise (TemplateBroken if found["kind"] == "broken" else TemplateRefuses)(found["error"])

    def close(self) -> None:
        """End the child. Safe to repeat."""
        with self._lock:
            self._end()

    def _ask(self, line: bytes) -> bytes:
        """The child's line; empty: it died of this one."""
        child = self._child or subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._child = child
        answer = b""
        with suppress(BrokenPipeError):
            if child.stdin and child.stdout:
                child.stdin.write(line)
                child.stdin.flush()
                answer = child.stdout.readline()
        if not answer.endswith(b"\n"):
            self._end()
            return b""
        return answer

    def _end(self) -> None:
        if self._child is None:
            return
        self._child.kill()
        self._child.communicate()
        self._child = None

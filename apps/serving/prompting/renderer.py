"""Renders chat templates in a process of its own: a line of JSON in, a line out.

The template comes from a model's file, so it may be hostile: it sees a sandbox, and the kernel ends
the process when it takes too long. Run by path, it imports nothing of the project.
"""

import functools
import json
import resource
import signal
import sys
from datetime import datetime
from typing import Any

from jinja2 import Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_CHARACTERS = 8_000_000
_SECONDS = 0.5  # of computing; a usual conversation takes a thousandth
_MEMORY_BYTES = 512 << 20


class RefusedByTemplate(TemplateError):
    """The template called raise_exception."""


class _Generation(Extension):
    """`{% generation %}`: marks the model's turns for training; here it is what it encloses."""

    tags = {"generation"}

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _raise_exception(message: str) -> None:
    raise RefusedByTemplate(message)


def _strftime_now(form: str) -> str:
    return datetime.now().astimezone().strftime(form)


def _to_json(value: Any, **options: Any) -> str:
    """As Hugging Face's: no HTML escapes, which Jinja's own filter makes."""
    return json.dumps(value, **({"ensure_ascii": False} | options))


def _environment() -> ImmutableSandboxedEnvironment:
    """As transformers' `apply_chat_template` makes it."""
    made = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols", _Generation]
    )
    made.filters["tojson"] = _to_json
    made.globals.update(raise_exception=_raise_exception, strftime_now=_strftime_now)
    return made


@functools.lru_cache(maxsize=4)
def _compiled(source: str) -> Template:
    return _environment().from_string(source)


def render(source: str, context: dict[str, Any]) -> dict[str, str]:
    """`text`, or `error` with its `kind`: `refused` for this context, `broken` for any."""
    try:
        text = _compiled(source).render(context)
    except TemplateSyntaxError as error:
        return {"kind": "broken", "error": f"line {error.lineno}: {error.message}"}
    except MemoryError:
        return {"kind": "broken", "error": "it takes too much memory"}
    except RefusedByTemplate as error:
        return {"kind": "refused", "error": str(error)}
    except Exception as error:  # noqa: BLE001  # whatever a stranger's template can raise
        return {"kind": "refused", "error": f"{type(error).__name__}: {error}"[:500]}
    if len(text) > MOST_CHARACTERS:
        return {"kind": "broken", "error": f"it writes more than {MOST_CHARACTERS:,} characters"}
    return {"text": text}


def main() -> None:
    """Answer lines until there are none. A line that takes too long ends the process."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    for line in sys.stdin.buffer:
        signal.setitimer(signal.ITIMER_PROF, _SECONDS)
        asked = json.loads(line)
        answer = json.dumps(render(asked["source"], asked["context"]))
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

"""What `clawdbot up` says at its end: where the service is and how to get in."""

import json

from rich.panel import Panel
from rich.table import Table

from apps.core.config import Config
from apps.knowledge.models import Document
from clawdbot_site.cli.console import is_terminal, note, out
from clawdbot_site.cli.progress import follow
from clawdbot_site.cli.readiness import address
from clawdbot_site.installation import operator, samples

SAMPLES_LIMIT_S = 300


def wait_for_samples() -> None:
    """Return when the sample documents are ready; say which are not."""
    documents = Document.objects.filter(
        collection__in=samples.loaded_collections(), deleted_at=None
    )
    outcome = follow(list(documents.values_list("pk", flat=True)), limit_s=SAMPLES_LIMIT_S)
    for failure in outcome.failures:
        note(f"sample {failure.path}: {failure.message}")
    if outcome.unfinished:
        note(f"{outcome.unfinished} sample documents are still being read")


def show(configuration: Config) -> None:
    """Print address, login, API key and a curl line that works."""
    lines = _facts(configuration)
    if is_terminal():
        grid = Table.grid(padding=(0, 2))
        for name, value in lines:
            grid.add_row(f"[bold]{name}", value)
        out.print(Panel(grid, title="Clawdbot is ready", border_style="green", expand=False))
    else:
        out.print("Clawdbot is ready")
        for name, value in lines:
            out.print(f"  {name}: {value}", markup=False)
    if line := _curl(configuration):
        out.print(line, markup=False)
    note("Ctrl-C stops everything")


def _facts(configuration: Config) -> list[tuple[str, str]]:
    url = address(configuration)
    password = operator.first_password()
    login = f"{operator.ADMIN} / {password}" if password else "the administrator's own"
    return [
        ("Ask", f"{url}/"),
        ("Admin", f"{url}/admin/"),
        ("API", f"{url}/api/docs/"),
        ("Login", login),
        ("API key", operator.operator_key() or "none; make one: clawdbot key create"),
    ]


def _curl(configuration: Config) -> str:
    question = samples.first_question()
    key_file = operator.key_file()
    if not question or not operator.operator_key():
        return ""
    body = json.dumps({"question": question}, ensure_ascii=False).replace("'", "'\\''")
    return (
        f"Try:\ncurl -s {address(configuration)}/api/v1/ask/"
        f' -H "Authorization: Bearer $(cat {key_file})"'
        f" -H 'Content-Type: application/json' -d '{body}'"
    )

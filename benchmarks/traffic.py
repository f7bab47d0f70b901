"""A crowd of clients against few places: who is answered, how fast, and what the others are told.

Alone, then as many clients as there are places, then the crowd: 200 clients of 20 users, each of
which asks, reads its answer or its 429, waits as long as that says, and asks again. Meanwhile
somebody opens the portal's page twice a second.
"""

import asyncio
import json
import os
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from benchmarks import datasets, report
from benchmarks.client import Client
from benchmarks.installation import Installation, running
from benchmarks.percentiles import percentile

CLIENTS, USERS, PLACES = 200, 20, 8
PASSAGES = 2_000
ALONE = 60
SECONDS = 30.0
HUNG_S = 60.0
PAGE_EVERY_S = 0.5
GOALS: dict[str, report.Goal] = {
    "crowd_hung": ("<=", 0),
    "crowd_failed": ("<=", 0),
    "crowd_told_when": (">=", 1),
    "crowd_p95_over_full_p95": ("<=", 2),
}
SIGN_UP = f"""
import json
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from apps.accounts.api_keys import api_key_create
from apps.accounts.models import User
users = [User.objects.create_superuser(f"crowd-{{n}}", password=None) for n in range({USERS})]
keys = [api_key_create(user=user, name="crowd")[1] for user in users]
session = SessionStore()
session[SESSION_KEY] = str(users[0].pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = users[0].get_session_auth_hash()
session.create()
print(json.dumps({{"keys": keys, "session": session.session_key}}))
"""


@dataclass(slots=True)
class Outcome:
    """What became of the questions of one phase."""

    answered_ms: list[float] = field(default_factory=list)
    refused_ms: list[float] = field(default_factory=list)
    told_when: int = 0
    waits_s: list[int] = field(default_factory=list)
    hung: int = 0
    failed: int = 0
    page_ms: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who asks what of whom."""

    address: str
    keys: Sequence[str]
    session: str
    questions: Sequence[str]
    collection: str


def main() -> int:
    """Measure on an installation of its own; returns the exit code."""
    parser = report.arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="default: %(default)s")
    parser.add_argument("--clients", type=int, default=CLIENTS, help="default: %(default)s")
    options = parser.parse_args()
    machine = report.machine()
    os.environ["CLAWDBOT_SERVICE__MAX_CONCURRENT"] = str(PLACES)
    with running() as installation, installation.client() as client:
        crowd = _prepared(installation, client, options)
        figures: dict[str, float] = {"clients": options.clients, "places": PLACES}
        for name, clients, count, seconds in (
            ("warm", PLACES, 4 * PLACES, 60.0),
            ("alone", 1, ALONE, 60.0),
            ("full", PLACES, ALONE * PLACES, options.seconds / 2),
            ("crowd", options.clients, 1_000_000, options.seconds),
        ):
            report.say(f"{name}: {clients} clients")
            outcome = asyncio.run(_phase(crowd, clients, count, seconds))
            figures |= _figures(name, outcome, seconds) if name != "warm" else {}
    for other in ("alone", "full"):
        ratio = figures["crowd_p95_ms"] / figures[f"{other}_p95_ms"]
        figures[f"crowd_p95_over_{other}_p95"] = round(ratio, 2)
    return report.finish(report.Report("traffic", figures, GOALS, machine), as_json=options.json)


def _prepared(installation: Installation, client: Client, options: object) -> Crowd:
    shared = options.shared  # type: ignore[attr-defined]
    collection = client.collection("crowd")
    rows = datasets.passages(shared, "squad_dev", limit=PASSAGES)
    report.say(f"loading {len(rows)} passages")
    client.import_lines(collection, datasets.lines(rows))
    client.wait_until_searchable(collection, len(rows), timeout_s=600.0)
    made = json.loads(installation.run("manage.py", "shell", "-v", "0", "-c", SIGN_UP))
    questions = datasets.questions(shared, "squad_dev", count=2_000)
    return Crowd(installation.address, made["keys"], made["session"], questions, collection)


async def _phase(crowd: Crowd, clients: int, count: int, seconds: float) -> Outcome:
    """So many clients ask at most `count` questions for at most so long."""
    outcome, left = Outcome(), iter(range(count))
    until = time.monotonic() + seconds
    # Given up sooner than the server does: it may close one just as the next question is sent.
    limits = httpx.Limits(max_connections=None, keepalive_expiry=2.0)
    async with httpx.AsyncClient(
        base_url=crowd.address, timeout=HUNG_S, limits=limits, trust_env=False
    ) as http:
        asking = [_client(http, crowd, n, left, until, outcome) for n in range(clients)]
        visiting = asyncio.create_task(_visit(http, crowd, outcome))
        await asyncio.gather(*asking)
        visiting.cancel()
    return outcome


async def _client(http, crowd, number, left, until, outcome) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    key = crowd.keys[number % len(crowd.keys)]
    while time.monotonic() < until and next(left, None) is not None:
        question = random.choice(crowd.questions)
        body = {"question": question, "collections": [crowd.collection]}
        started = time.perf_counter()
        try:
            response = await http.post(
                "/api/v1/ask/", json=body, headers={"Authorization": f"Bearer {key}"}
            )
        except httpx.TimeoutException:
            outcome.hung += 1
            continue
        except httpx.HTTPError:
            outcome.failed += 1
            continue
        ms = 1000 * (time.perf_counter() - started)
        if response.status_code == httpx.codes.OK:
            outcome.answered_ms.append(ms)
        elif response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            outcome.refused_ms.append(ms)
            wait_s = int(response.headers.get("Retry-After", 0))
            outcome.told_when += wait_s > 0
            outcome.waits_s.append(wait_s)
            await asyncio.sleep(min(wait_s, max(0.0, until - time.monotonic())))
        else:
            outcome.failed += 1


async def _visit(http: httpx.AsyncClient, crowd: Crowd, outcome: Outcome) -> None:
    """Somebody who opens pages."""
    while True:
        started = time.perf_counter()
        cookie = {"Cookie": f"sessionid={crowd.session}"}
        page = await http.get("/", headers=cookie, follow_redirects=True)
        page.raise_for_status()
        outcome.page_ms.append(1000 * (time.perf_counter() - started))
        await asyncio.sleep(PAGE_EVERY_S)


def _figures(name: str, outcome: Outcome, seconds: float) -> dict[str, float]:
    refused = len(outcome.refused_ms)
    figures: dict[str, float] = {
        "answered": len(outcome.answered_ms),
        "answered_per_s": round(len(outcome.answered_ms) / seconds, 2),
        "refused": refused,
        "hung": outcome.hung,
        "failed": outcome.failed,
        "told_when": outcome.told_when / refused if refused else 1,
    }
    for what, values in (
        ("", outcome.answered_ms),
        ("refused_", outcome.refused_ms),
        ("page_", outcome.page_ms),
    ):
        if values:
            figures[f"{what}p50_ms"] = round(percentile(values, 0.5), 1)
            figures[f"{what}p95_ms"] = round(percentile(values, 0.95), 1)
            figures[f"{what}max_ms"] = round(max(values), 1)
    if outcome.waits_s:
        figures["wait_p50_s"] = percentile(outcome.waits_s, 0.5)
    return {f"{name}_{key}": value for key, value in figures.items()}


if __name__ == "__main__":
    sys.exit(main())

"""What is done with the installation on trial: everything that people and programs do."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from apps.core.config import REPOSITORY
from apps.core.errors import Conflict
from clawdbot_site.airgap import scratch
from clawdbot_site.airgap.pages import Tour, tour
from clawdbot_site.airgap.visitor import Visitor
from clawdbot_site.supervision.parent_death import stop_with_parent

SAMPLES = REPOSITORY / "samples"
START_S, READ_S, STOP_S = 240, 300, 60
POLL_S = 0.5
STARTS = ["/", "/admin/", "/api/docs/", "/documents/", "/conversations/", "/desk/"]
COMMANDS = (
    ("status", "--json"), ("doctor", "--json"), ("index", "verify", "--quick"),
    ("ask", "How long is the warranty?"), ("backup", "--to", "{home}/backups", "--unencrypted"),
    ("report", "make", "--to", "{home}/report.pdf"), ("eval", "run", "airgap"),
    ("kb", "export", "airgap", "-o", "{home}/airgap.ckb"),
    ("support-bundle", "--to", "{home}/bundle.tar.gz"),
)  # fmt: skip
MAY_REFUSE = ("doctor", "eval")  # which may have found something, and find no golden questions

Tell = Callable[[str], None]


@dataclass(slots=True)
class Trial:
    """What was done. `problems`: what did not work, beside attempts to leave."""

    documents: int = 0
    read_alone: int = 0
    questions: int = 0
    answered: int = 0
    commands: int = 0
    tour: Tour = field(default_factory=Tour)
    problems: list[str] = field(default_factory=list)


def run(home: Path, environment: Mapping[str, str], tell: Tell, idle_s: float) -> Trial:
    """Start everything, feed it, ask it, look at all its pages, wait a while, stop it.

    Raises Conflict where it does not start.
    """
    done = Trial()
    _read_alone(environment, done, tell)
    with _Node(home, environment) as node:
        tell("starting the installation, with its samples")
        _wait_until(lambda: _is_up(node), START_S, "it does not start")
        visitor = Visitor("127.0.0.1", scratch.PORT, _secret(home, "api_key"))
        _feed(visitor, done, tell)
        _ask(visitor, done, tell)
        _look(visitor, home, done, tell)
        _command(home, environment, done, tell)
        tell(f"watching for {idle_s:.0f} s what it does by itself")
        time.sleep(idle_s)
    return done


class _Node:
    """`clawdbot up` until the end of the block; it ends with us, however that comes about."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
        self.log = home / "up.log"
        self._environment = environment

    def __enter__(self) -> "_Node":
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603 - ourselves
                [*_clawdbot(), "up", "--sample", "--no-welcome"],
                cwd=REPOSITORY, env=dict(self._environment), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
                preexec_fn=stop_with_parent,  # noqa: PLW1509
            )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _is_up(node: _Node) -> bool:
    if node.process.poll() is not None:
        said = node.log.read_text(errors="replace").strip().splitlines() or ["it said nothing"]
        raise Conflict(f"The installation on trial does not start: {said[-1]}")
    return "running at" in node.log.read_text(errors="replace")


def _read_alone(environment: Mapping[str, str], done: Trial, tell: Tell) -> None:
    """The parsers, outside the walls that keep them from any network in service."""
    tell("reading the samples without the parsers' own walls")
    files = [str(path) for path in sorted(SAMPLES.glob("*/*")) if path.suffix not in (".yaml", "")]
    command = [sys.executable, "-P", "-m", "clawdbot_site.airgap.reading", *files]
    ended = subprocess.run(  # noqa: S603 - ourselves
        command, cwd=REPOSITORY, env=dict(environment), check=False, capture_output=True, text=True
    )
    if ended.returncode:
        done.problems.append(f"reading samples: {_last_line(ended.stderr)}")
    done.read_alone = len(ended.stdout.splitlines())


def _feed(visitor: Visitor, done: Trial, tell: Tell) -> None:
    tell("waiting for the samples, and for a file of its own, to be read")
    made = visitor.call("POST", "collections/", {"name": "airgap"}) or {}
    visitor.upload(str(made.get("id")), "note.md", b"# Note\n\nThe tower is 77 metres high.\n")
    seen: dict[str, Any] = {}

    def is_read() -> bool:
        seen.update(visitor.call("GET", "documents/?page_size=200") or {"results": []})
        states = [one["status"] for one in seen["results"]]
        return bool(states) and all(state in ("ready", "failed") for state in states)

    _wait_until(is_read, READ_S, "documents are not read")
    failed = [one["path"] for one in seen["results"] if one["status"] == "failed"]
    done.documents = len(seen["results"]) - len(failed)
    done.problems += [f"not read: {path}" for path in failed]


def _ask(visitor: Visitor, done: Trial, tell: Tell) -> None:
    tell("asking")
    questions = ["How high is the tower?", "What is the name of the director's parrot?"]
    for path in sorted(SAMPLES.glob("*/collection.yaml")):
        questions += yaml.safe_load(path.read_text(encoding="utf-8")).get("questions", [])
    for question in questions:
        answer = visitor.call("POST", "ask/", {"question": question})
        done.questions += 1
        done.answered += bool(answer and answer["answered"])
        if answer is None:
            done.problems.append("a question got no answer")
    if not done.answered:
        done.problems.append("no question was answered from the documents")


def _look(visitor: Visitor, home: Path, done: Trial, tell: Tell) -> None:
    tell("opening pages")
    if not visitor.sign_in("admin", _secret(home, "admin_password")):
        done.problems.append("signing in did not work")
    done.tour = tour(visitor, STARTS)
    done.problems += [f"page {one}" for one in done.tour.broken]
    done.problems += done.tour.foreign


def _command(home: Path, environment: Mapping[str, str], done: Trial, tell: Tell) -> None:
    tell("running commands")
    for command in COMMANDS:
        words = [word.format(home=home) for word in command]
        ended = subprocess.run(  # noqa: S603 - ourselves
            [*_clawdbot(), *words], cwd=REPOSITORY, env=dict(environment), check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        done.commands += 1
        if ended.returncode and command[0] not in MAY_REFUSE:
            done.problems.append(f"clawdbot {words[0]}: {_last_line(ended.stderr)}")
        if "Traceback" in ended.stderr or "unexpected error" in ended.stderr:
            done.problems.append(f"clawdbot {words[0]} crashed: {_last_line(ended.stderr)}")


def _clawdbot() -> list[str]:
    return [sys.executable, "-P", "-m", "clawdbot_site.cli.main"]


def _secret(home: Path, name: str) -> str:
    try:
        return (home / "data" / "secrets" / name).read_text().strip()
    except FileNotFoundError:
        return ""


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1].removeprefix("clawdbot: ")


def _wait_until(is_done: Callable[[], bool], limit_s: float, otherwise: str) -> None:
    deadline = time.monotonic() + limit_s
    while not is_done():
        if time.monotonic() > deadline:
            raise Conflict(f"The installation on trial: {otherwise} within {limit_s:.0f} s.")
        time.sleep(POLL_S)

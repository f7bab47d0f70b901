"""Looking at an engine before it is chosen: a GGUF file of this machine, a server's address."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from apps.core.config import Config
from apps.core.sizes import parse_size
from apps.ops.setup.choices import Engine, has_models
from apps.ops.setup.machine import Machine
from apps.ops.setup.sizing import REST_BYTES, WEB_BYTES
from apps.ops.setup.words import Problem, gettext_noop, problem
from apps.serving import hardware
from apps.serving.errors import ModelUnusable
from apps.serving.gguf import ModelFacts, read_header
from apps.serving.planning import Refusal, Use, plan
from apps.serving.wishes import wishes_of

PATIENCE_S = 5.0
DEEP = 3  # folders below one that is searched
MOST_FILES, MOST_NAMES = 50, 200
MOST_BYTES = 2_000_000  # of a server's list of models
NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """A GGUF file. `refusal`: why it would not be loaded here, in words; empty: it fits."""

    path: Path
    size_bytes: int
    facts: ModelFacts | None = None
    refusal: str = ""
    reasons: Sequence[str] = ()


def now(configuration: Config) -> Engine:
    """Who answers, as the configuration says."""
    serving, default = configuration.serving, configuration.engines.default
    if default in ("remote", "hybrid"):
        return Engine.REMOTE
    if default == "builtin":
        return Engine.BUILTIN
    if serving.servers:
        return Engine.SERVER
    return Engine.GGUF if has_models(configuration) else Engine.BUILTIN


def unfit(found: Candidate) -> Problem:
    """Why the file cannot be chosen."""
    return problem("model", "%(why)s", why=found.refusal)


def candidate(path: Path, configuration: Config, memory_limit: str = "") -> Candidate:
    """What the file is, and how it would be loaded. Never raises: what is wrong is the refusal."""
    try:
        size = path.stat().st_size
        if not path.is_file():  # a pipe would never end
            return Candidate(path, 0, refusal=f"{path} is no file")
        facts = read_header(path).facts
    except OSError as error:
        return Candidate(path, 0, refusal=f"{path}: {error.strerror}")
    except ModelUnusable as error:
        return Candidate(path, size, refusal=str(error))
    if facts.is_embedding:
        return Candidate(path, size, facts, refusal="it makes embeddings, no answers")
    limit = parse_size(memory_limit or configuration.resource.memory_limit)
    configured = wishes_of(configuration, name=path.stem, file=path)
    wishes = replace(configured, memory_limit=limit)
    node = REST_BYTES + configuration.service.web_workers * WEB_BYTES
    found = plan(facts, hardware.read(), wishes, Use(node_bytes=node))
    if isinstance(found, Refusal):
        return Candidate(path, size, facts, refusal=found.sentence)
    return Candidate(path, size, facts, reasons=found.reasons)


def files_near(configuration: Config, here: Machine) -> list[Candidate]:
    """GGUF files where they usually lie, those that fit first, the largest of them first."""
    if not here.has_llama:
        return []
    folders = (configuration.models_dir, Path.home() / "models")
    paths = {
        path.resolve()
        for folder in folders
        for depth in range(DEEP)
        for path in _listed(folder, "*/" * depth + "*.gguf")
    }
    found = [candidate(path, configuration) for path in sorted(paths)[:MOST_FILES]]
    return sorted(found, key=lambda one: (bool(one.refusal), -one.size_bytes))


def models_at(url: str, key: str = "") -> tuple[tuple[str, ...], Problem | None]:
    """Names of the models that an OpenAI-compatible server has; or why there are none.

    Asks `GET /models` once, follows no redirect, gives up after five seconds.
    """
    import httpx

    address = f"{url.strip().rstrip('/').removesuffix('/v1')}/v1/models"
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        with (
            httpx.Client(trust_env=False, timeout=PATIENCE_S) as client,
            client.stream("GET", address, headers=headers) as response,
        ):
            if response.status_code in (401, 403):
                return (), problem("url", gettext_noop("The server wants a key, or another one."))
            response.raise_for_status()
            return _names(_body(response.iter_bytes())), None
    except (httpx.HTTPStatusError, httpx.DecodingError, ValueError, KeyError, TypeError):
        text = gettext_noop("%(address)s answers, but not as an OpenAI-compatible server does.")
        return (), problem("url", text, address=address)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
        text = gettext_noop("Nothing answers at %(address)s. Does it run, and is the port right?")
        return (), problem("url", text, address=address)


def _body(pieces: Iterable[bytes]) -> Any:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > MOST_BYTES:
            raise ValueError("too long a list of models")
    return json.loads(body)


def _names(body: Any) -> tuple[str, ...]:
    names = [str(one["id"]) for one in body["data"]]
    return tuple(name for name in names if name.isprintable() and len(name) <= NAME_LENGTH)[
        :MOST_NAMES
    ]


def _listed(folder: Path, pattern: str) -> list[Path]:
    try:
        return [path for path in folder.glob(pattern) if path.is_file()]
    except OSError:
        return []

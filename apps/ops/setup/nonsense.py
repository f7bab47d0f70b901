"""What cannot be meant, though each value by itself could stand in clawdbot.yaml."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from apps.core.config import Config
from apps.core.sizes import parse_size
from apps.ops.setup import drafting, machine
from apps.ops.setup.choices import ANYWHERE, NEAR, Choices, Engine, Wish, wanted
from apps.ops.setup.machine import Machine
from apps.ops.setup.sizing import CLUSTER, PROFILES
from apps.ops.setup.words import Problem, gettext_noop, problem
from apps.serving.wishes import gigabytes

HOST = re.compile(r"\.?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\]|\*")
SPARE_DISK = 4  # an original, its pages, its vectors and a backup of it
Value = Callable[[str], Any]


def problems(choices: Choices, here: Machine, current: Config) -> list[Problem]:
    """What cannot be meant. What the configuration's model refuses by itself is not in it."""
    if choices.profile and choices.profile not in PROFILES:
        return [problem("profile", gettext_noop("There is no such size."))]
    found = wanted(choices, here, current)

    def value(key: str) -> Any:
        return found.get(key, drafting.value_of(current, key))

    return [
        *_sizes(value, here),
        *_network(value),
        *_services(value, here, value("profile") if choices.profile else ""),
        *_engine(choices.wish, here),
        *_moving(found, current),
    ]


def _sizes(value: Value, here: Machine) -> list[Problem]:
    found = []
    memory, file = _bytes(value("resource.memory_limit")), _bytes(value("ingest.max_file"))
    if memory > here.memory_bytes:
        text = gettext_noop("This machine has %(memory)s of memory.")
        memory_words = gigabytes(here.memory_bytes)
        found.append(problem("resource.memory_limit", text, memory=memory_words))
    if file * SPARE_DISK > here.disk_free_bytes:
        text = gettext_noop("The disk has %(free)s free: too little for files of that size.")
        found.append(problem("ingest.max_file", text, free=gigabytes(here.disk_free_bytes)))
    return found


def _network(value: Value) -> list[Problem]:
    hosts = [str(host) for host in value("service.allowed_hosts") or ()]
    if odd := next((host for host in hosts if not HOST.fullmatch(host)), None):
        text = gettext_noop("%(name)s is no name or address of a machine.")
        return [problem("service.allowed_hosts", text, name=odd)]
    if value("service.host") not in ANYWHERE or set(hosts) - NEAR:
        return []
    text = gettext_noop(
        "Name what browsers on the network call this machine, like %(example)s; else they are "
        "turned away."
    )
    example = next(iter(machine.addresses()), "kb.company.lan")
    return [problem("service.allowed_hosts", text, example=example)]


def _services(value: Value, here: Machine, profile: str) -> list[Problem]:
    database, broker = str(value("database.url")), str(value("broker.url"))
    found = []
    if profile == CLUSTER and database == "sqlite":
        text = gettext_noop("A cluster needs one PostgreSQL for all: postgresql://user:…@host/name")
        found.append(problem("database.url", text))
    if profile == CLUSTER and broker == "filesystem":
        text = gettext_noop("A cluster needs one Redis for all: redis://:…@host:6379/0")
        found.append(problem("broker.url", text))
    if profile == CLUSTER and not value("storage.originals"):
        text = gettext_noop(
            "A cluster needs one place of originals: `database`, a folder that every machine has "
            "mounted, or s3://bucket/prefix"
        )
        found.append(problem("storage.originals", text))
    text = gettext_noop("Its driver is not installed here. Run: make nodes")
    if database.startswith("postgres") and not here.has_postgresql:
        found.append(problem("database.url", text))
    if broker.startswith("redis") and not here.has_redis:
        found.append(problem("broker.url", text))
    return found


def _engine(wish: Wish | None, here: Machine) -> list[Problem]:
    if wish is None or wish.engine == Engine.BUILTIN:
        return []
    found = _file(wish, here) if wish.engine == Engine.GGUF else _address(wish) or _access(wish)
    return [found] if found else []


def _file(wish: Wish, here: Machine) -> Problem | None:
    if not here.has_llama:
        text = gettext_noop("Models need llama.cpp, which is not installed. Run: make serving")
        return problem("model", text)
    return None if wish.path else problem("model", gettext_noop("Say which file."))


def _address(wish: Wish) -> Problem | None:
    key = "engines.remote_url" if wish.engine == Engine.REMOTE else "serving.servers"
    try:
        parts = urlsplit(wish.url)
        is_usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or " " in wish.url:
        return problem(key, gettext_noop("An address looks like http://host:8080/v1"))
    if parts.username or parts.password:
        return problem(key, gettext_noop("The password has a field of its own."))
    return None


def _access(wish: Wish) -> Problem | None:
    if wish.engine == Engine.SERVER and wish.key:
        text = gettext_noop("A server that asks for a key is set as a remote engine.")
        return problem("serving.servers", text)
    if wish.engine == Engine.REMOTE and not wish.model:
        return problem("engines.remote_model", gettext_noop("Say which of its models."))
    return None


def _moving(found: Mapping[str, Any], current: Config) -> list[Problem]:
    """Places that are not to change under what lies there."""
    url, has_rows = found.get("database.url"), (current.data_dir / "clawdbot.sqlite3").exists()
    if url and url != current.database.url == "sqlite" and has_rows:
        text = gettext_noop(
            "There is a SQLite database here already. Make a backup of it, change database.url, "
            "then restore the backup: docs/operations.md"
        )
        return [problem("database.url", text)]
    return []


def _bytes(size: Any) -> int:
    try:
        return parse_size(size)
    except ValueError:
        return 0  # the configuration's model says so

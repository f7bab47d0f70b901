"""Which of the four sizes suits a machine, and what that size sets (ADR 36)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from apps.core.sizes import parse_size
from apps.ops.setup.machine import Machine
from apps.ops.setup.words import Sentence, gettext_noop
from apps.serving.wishes import gigabytes

EDGE, WORKSTATION, SERVER, CLUSTER = PROFILES = ("edge", "workstation", "server", "cluster")
GB = 10**9
EDGE_BELOW = 3 * GB
SERVER_FROM, SERVER_CORES = 48 * GB, 16
GPU_FROM = 8 * GB
# Measured on an idle node (docs/adr/0025), rounded up; parsers at work on office documents.
REST_BYTES = 470 * 10**6  # workers without parsers, indexer, schedule, keeper, supervisor
WEB_BYTES = 250 * 10**6  # a web process with its two models
PARSER_BYTES = 300 * 10**6

# What only the smallest size sets otherwise.
USUAL: Mapping[str, object] = MappingProxyType(
    {
        "service.web_threads": 16,
        "ingest.parse_memory": "2GB",
        "retrieval.read": 20,
        "model.type": "general",
    }
)
ABOUT: Mapping[str, str] = MappingProxyType(
    {
        EDGE: gettext_noop("A small box: 2 cores, 1 to 3 GB. SQLite, the built-in reader."),
        WORKSTATION: gettext_noop("A desktop or a small server: 4 to 48 GB. SQLite, no services."),
        SERVER: gettext_noop("A big machine, perhaps with a GPU: PostgreSQL, Redis, more at once."),
        CLUSTER: gettext_noop("Three machines or more, with one PostgreSQL and one Redis."),
    }
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A size, and why it was chosen."""

    profile: str
    reasons: tuple[Sentence, ...]


def suggest(machine: Machine) -> Suggestion:
    """The size that suits this one machine. A cluster is a decision, never a suggestion."""
    memory = Sentence(
        gettext_noop("%(cores)s cores, %(memory)s of memory"),
        {"cores": f"{machine.cores:g}", "memory": gigabytes(machine.memory_bytes)},
    )
    if machine.memory_bytes < EDGE_BELOW:
        return Suggestion(EDGE, (memory, Sentence(gettext_noop("little memory"))))
    if machine.gpu_bytes >= GPU_FROM:
        gpu = Sentence(
            gettext_noop("%(name)s with %(memory)s"),
            {"name": machine.gpus[0].name, "memory": gigabytes(machine.gpu_bytes)},
        )
        return Suggestion(SERVER, (memory, gpu))
    if machine.memory_bytes >= SERVER_FROM and machine.cores >= SERVER_CORES:
        return Suggestion(SERVER, (memory, Sentence(gettext_noop("enough for many people"))))
    return Suggestion(WORKSTATION, (memory,))


def values_of(profile: str, machine: Machine) -> Mapping[str, object]:
    """What the size sets on this machine, by keys of clawdbot.yaml."""
    if profile == EDGE:
        found = {**USUAL, **_edge(machine)}
    elif profile == WORKSTATION:
        found = {**USUAL, **_workstation(machine)}
    else:
        found = {**USUAL, **_server(machine, max(1, math.floor(machine.cores)))}
    return {"profile": profile} | found | _fitting(found)


def _edge(machine: Machine) -> dict[str, object]:
    return {
        "service.web_workers": 1,
        "service.web_threads": 8,
        "service.max_concurrent": 2,
        "resource.cpu_limit": 1.0,
        "resource.memory_limit": _share(machine, 0.8),
        "ingest.parse_workers": 1,
        "ingest.parse_memory": "512MB",
        "ingest.max_file": "50MB",
        "retrieval.read": 10,
        "model.type": "lite",
    }


def _workstation(machine: Machine) -> dict[str, object]:
    is_roomy = machine.memory_bytes >= 10 * GB
    return {
        "service.web_workers": 2 if machine.cores >= 2 else 1,
        "service.max_concurrent": 10,
        "resource.cpu_limit": 0.8,
        "resource.memory_limit": "8GB" if is_roomy else _share(machine, 0.8),
        "ingest.parse_workers": 2 if machine.cores >= 2 else 1,
        "ingest.max_file": "250MB",
    }


def _server(machine: Machine, cores: int) -> dict[str, object]:
    return {
        "service.web_workers": min(8, max(2, cores // 4)),
        "service.max_concurrent": min(64, max(10, cores)),
        "resource.cpu_limit": 0.9,
        "resource.memory_limit": _share(machine, 0.85),
        "ingest.parse_workers": min(16, max(2, cores // 4)),
        "ingest.max_file": "1GB",
    }


def _fitting(values: Mapping[str, object]) -> dict[str, object]:
    """Fewer processes where the memory limit holds no more. One of each is always there."""
    room = parse_size(str(values["resource.memory_limit"])) - REST_BYTES
    web = int(str(values["service.web_workers"]))
    parse = int(str(values["ingest.parse_workers"]))
    while web * WEB_BYTES + parse * PARSER_BYTES > room and web + parse > 2:
        web, parse = (web - 1, parse) if web >= parse and web > 1 else (web, max(1, parse - 1))
    return {"service.web_workers": web, "ingest.parse_workers": parse}


def _share(machine: Machine, part: float) -> str:
    """A size in clawdbot.yaml: whole gigabytes, or hundreds of megabytes below four."""
    size_bytes = machine.memory_bytes * part
    if size_bytes >= 4 * GB:
        return f"{int(size_bytes // GB)}GB"
    return f"{max(1, int(size_bytes // 10**8)) * 100}MB"

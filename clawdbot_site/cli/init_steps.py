"""The steps of `clawdbot init` that decide what clawdbot.yaml says."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from apps.core.config import Config
from apps.core.config_file import with_values
from apps.ops.setup import engines, machine, notes, sizing
from apps.ops.setup.choices import Choices, Engine, Wish, is_open, opened, wanted
from apps.ops.setup.drafting import problems_of, value_of
from apps.ops.setup.machine import Machine
from apps.ops.setup.nonsense import problems
from apps.ops.setup.sizing import CLUSTER, EDGE, PROFILES, SERVER
from apps.serving.wishes import gigabytes
from clawdbot_site.cli.init_options import LANGUAGES
from clawdbot_site.cli.questions import ask, choose, heading, is_so, say

STEPS = ("Language", "This machine", "Who writes the answers", "Limits", "Collection",
         "Documents", "First question", "People")  # fmt: skip
LANGUAGE_NAMES = ("Each browser's own", "English", "简体中文", "繁體中文")
ENGINE_NAMES = {
    Engine.BUILTIN: "The built-in reader: at once, cannot make anything up",
    Engine.GGUF: "A language model on this machine (a GGUF file)",
    Engine.SERVER: "A model server in the building (OpenAI-compatible: vLLM, llama.cpp, Ollama)",
    Engine.REMOTE: "An engine with a key, or outside: only for collections that may leave",
}
LIMITS = {
    "resource.cpu_limit": "Share of the cores that Clawdbot may use (0 to 1)",
    "resource.memory_limit": "Memory that Clawdbot may use",
    "service.max_concurrent": "Questions answered at one time",
    "ingest.max_file": "Largest file",
    "traffic.requests_per_minute": "Questions of one person a minute (0: no limit)",
}
SERVICES = {
    "database.url": "PostgreSQL (postgresql://user:password@host/name)",
    "broker.url": "Redis (redis://:password@host:6379/0)",
    "storage.originals": "Originals of all nodes: `database`, a shared folder, s3://bucket/prefix",
}


def asked(choices: Choices, here: Machine, current: Config) -> Choices:
    """The choices completed by what the person says; options that were given are not asked."""
    for step in (_language, _size, _engine, _limits, _network):
        choices = step(choices, here, current)
    return choices


def _language(choices: Choices, here: Machine, current: Config) -> Choices:
    heading(1, len(STEPS), STEPS[0])
    if "service.language" in choices.values:
        return choices
    pairs = list(zip(LANGUAGES, LANGUAGE_NAMES, strict=True))
    return _with(choices, {"service.language": choose("Pages", pairs, current.service.language)})


def _size(choices: Choices, here: Machine, current: Config) -> Choices:
    heading(2, len(STEPS), STEPS[1])
    for line in facts(here):
        say(line)
    suggestion = sizing.suggest(here)
    if not choices.profile:
        pairs = [(name, f"{name:<12} {sizing.ABOUT[name]}") for name in PROFILES]
        is_settled = "machine" in notes.read(current).settled
        usual = current.profile if is_settled else suggestion.profile
        choices = replace(choices, profile=choose("Size", pairs, usual))
    if choices.profile in (SERVER, CLUSTER):
        choices = _services(choices, here, current)
    return choices


def _services(choices: Choices, here: Machine, current: Config) -> Choices:
    """Where PostgreSQL and Redis are; a cluster cannot do without."""
    if choices.profile == SERVER:
        say("PostgreSQL and Redis are for many people at once; Enter stays with what is set.")
    for key, question in SERVICES.items():
        if key in choices.values or (choices.profile == SERVER and key == "storage.originals"):
            continue
        choices = _until_right(choices, here, current, key, question)
    return choices


def _engine(choices: Choices, here: Machine, current: Config) -> Choices:
    heading(3, len(STEPS), STEPS[2])
    if choices.wish is not None:
        return choices
    usual = Engine.BUILTIN if choices.profile == EDGE else engines.now(current)
    while True:
        engine = Engine(choose("Engine", list(ENGINE_NAMES.items()), usual))
        wish = _ASKING[engine](here, current)
        found = problems(Choices(wish=wish), here, current) if wish else []
        for one in found:
            say(str(one.sentence))
        if wish and not found:
            return replace(choices, wish=wish)


def _file(here: Machine, current: Config) -> Wish | None:
    if not here.has_llama:
        return Wish(Engine.GGUF)  # what is missing is said as its problem
    near = engines.files_near(current, here)
    for one in near:
        verdict = one.refusal or "fits"
        say(f"{one.path}  {gigabytes(one.size_bytes)}: {verdict}")
    usual = str(near[0].path) if near and not near[0].refusal else ""
    path = Path(ask("GGUF file", usual)).expanduser()
    found = engines.candidate(path, current)
    if found.refusal:
        say(found.refusal)
        return None
    for reason in found.reasons:
        say(reason)
    return Wish(Engine.GGUF, path=str(path.resolve()))


def _server(here: Machine, current: Config) -> Wish | None:
    url = ask("Address", next(iter(current.serving.servers), "http://127.0.0.1:8080/v1"))
    names, problem = engines.models_at(url)
    if problem:
        say(str(problem.sentence))
        return None
    say(f"It has {', '.join(names) or 'no model yet'}.")
    return Wish(Engine.SERVER, url=url)


def _remote(here: Machine, current: Config) -> Wish | None:
    url = ask("Address", current.engines.remote_url)
    key = ask("Key (Enter: none, or the one that is set)", is_hidden=True)
    names, problem = engines.models_at(url, key or current.engines.remote_key)
    if problem:
        say(str(problem.sentence))
        if not is_so("Use it all the same?", usual=False):
            return None
    usual = current.engines.remote_model or next(iter(names), "")
    if len(names) > 1:
        say(", ".join(names[:20]))
    return Wish(Engine.REMOTE, url=url, key=key, model=ask("Model", usual))


_ASKING: Mapping[Engine, Callable[[Machine, Config], Wish | None]] = {
    Engine.BUILTIN: lambda here, current: Wish(),
    Engine.GGUF: _file,
    Engine.SERVER: _server,
    Engine.REMOTE: _remote,
}


def _limits(choices: Choices, here: Machine, current: Config) -> Choices:
    heading(4, len(STEPS), STEPS[3])
    open_keys = [key for key in LIMITS if key not in choices.values]
    for key in open_keys:
        say(f"{LIMITS[key]}: {shown(key, choices, here, current)}")
    if not open_keys or is_so("Are these limits right?", usual=True):
        return choices
    for key in open_keys:
        choices = _until_right(choices, here, current, key, LIMITS[key])
    return choices


def _network(choices: Choices, here: Machine, current: Config) -> Choices:
    if "service.host" in choices.values or is_open(current):
        return choices
    if not is_so("May other machines on the network open it?", usual=False):
        return choices
    names = ask("Its names and addresses there, with commas", ", ".join(machine.addresses()))
    return _with(choices, opened([name.strip() for name in names.split(",") if name.strip()]))


def _until_right(
    choices: Choices, here: Machine, current: Config, key: str, question: str
) -> Choices:
    while True:
        usual = str(shown(key, choices, here, current))
        tried = _with(choices, {key: typed(ask(question, usual), value_of(current, key))})
        found = [*problems(tried, here, current), *problems_of(_alone(key, tried))]
        mine = [one for one in found if one.key == key]
        for one in mine:
            say(str(one.sentence))
        if not mine:
            return tried


def typed(text: str, like: Any) -> Any:
    """What was typed, as a number where one is meant; else as it is, to be refused by name."""
    try:
        return type(like)(text) if isinstance(like, int | float) else text
    except ValueError:
        return text


def shown(key: str, choices: Choices, here: Machine, current: Config) -> Any:
    """What the key will be, as far as it is chosen."""
    return wanted(choices, here, current).get(key, value_of(current, key))


def facts(here: Machine) -> list[str]:
    """The machine in lines."""
    gpus = ", ".join(f"{gpu.name} ({gigabytes(gpu.total_bytes)})" for gpu in here.gpus)
    return [
        f"{here.cores:g} cores ({here.architecture}), {gigabytes(here.memory_bytes)} of memory, "
        f"{gigabytes(here.free_bytes)} free",
        f"{gigabytes(here.disk_free_bytes)} of disk free",
        f"GPU: {gpus or 'none found'}",
    ]


def _alone(key: str, choices: Choices) -> str:
    return with_values("", {key: choices.values[key]})


def _with(choices: Choices, values: Mapping[str, Any]) -> Choices:
    return replace(choices, values={**choices.values, **values})

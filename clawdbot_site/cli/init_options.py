"""What `clawdbot init` can be told instead of asked."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
import yaml

from apps.core.errors import Invalid
from apps.ops.setup.choices import Choices, Engine, Wish, opened
from apps.ops.setup.sizing import PROFILES

LANGUAGES = ("auto", "en", "zh-hans", "zh-hant")
PERMISSIONS = ("read", "write", "manage")


def _option(*names: str, help: str) -> Any:
    return typer.Option(*names, help=help)


@dataclass(frozen=True, slots=True)
class Options:
    """One field for each option; None and empty: not told."""

    is_sure: Annotated[bool, _option("--yes", "-y", help="Ask nothing: what suits, and flags.")] = (
        False
    )
    is_dry: Annotated[bool, _option("--dry-run", help="Show what would change; write nothing.")] = (
        False
    )
    as_json: Annotated[bool, _option("--json", help="What was found and done, for machines.")] = (
        False
    )
    start: Annotated[
        bool | None,
        _option("--start/--no-start", help="Start the node, or start it again."),
    ] = None
    language: Annotated[
        str, _option("--language", help=f"Of the pages: {', '.join(LANGUAGES)}.")
    ] = ""
    profile: Annotated[str, _option("--profile", help=f"Size: {', '.join(PROFILES)}.")] = ""
    engine: Annotated[str, _option("--engine", help=f"Who answers: {', '.join(Engine)}.")] = ""
    model: Annotated[
        str, _option("--model", help="A GGUF file; with --engine remote: a name there.")
    ] = ""
    url: Annotated[str, _option("--engine-url", help="Of an OpenAI-compatible server.")] = ""
    key_file: Annotated[Path | None, _option("--engine-key-file", help="A file with its key.")] = (
        None
    )
    cpu_limit: Annotated[
        float | None, _option("--cpu-limit", help="Share of the cores, 0 to 1.")
    ] = None
    memory_limit: Annotated[str, _option("--memory-limit", help="Like 8GB.")] = ""
    max_concurrent: Annotated[
        int | None, _option("--max-concurrent", help="Questions answered at one time.")
    ] = None
    max_file: Annotated[str, _option("--max-file", help="Largest upload, like 250MB.")] = ""
    requests: Annotated[
        int | None, _option("--requests-per-minute", help="Of one user; 0: no limit.")
    ] = None
    port: Annotated[int | None, _option("--port", help="Of the web server.")] = None
    names: Annotated[
        list[str] | None,
        _option("--allow-host", help="Open it to the network under this name; may be repeated."),
    ] = None
    database: Annotated[str, _option("--database-url", help="postgresql://… or sqlite.")] = ""
    broker: Annotated[str, _option("--broker-url", help="redis://… or filesystem.")] = ""
    originals: Annotated[str, _option("--originals", help="Where nodes share originals.")] = ""
    settings: Annotated[
        list[str] | None, _option("--set", help="section.key=value; may be repeated.")
    ] = None
    collection: Annotated[str, _option("--collection", "-c", help="The first one's name.")] = ""
    is_private: Annotated[
        bool, _option("--private", help="Not readable by everybody who signs in.")
    ] = False
    upload: Annotated[
        list[Path] | None, _option("--upload", help="A file or folder; may be repeated.")
    ] = None
    question: Annotated[str, _option("--ask", help="The first question.")] = ""
    people: Annotated[
        list[str] | None, _option("--user", help="Who may sign in; may be repeated.")
    ] = None
    group: Annotated[str, _option("--group", help="Of these users.")] = ""
    permission: Annotated[str, _option("--permission", help="read, write or manage.")] = "read"

    @property
    def has_contents(self) -> bool:
        """Whether something needs a node that runs."""
        return bool(self.collection or self.upload or self.question or self.people)


def command(run: Callable[[Options], None]) -> Callable[..., None]:
    """A command with an option for each field: typer reads signatures, people read dataclasses."""
    hints = get_type_hints(Options, include_extras=True)

    def init(**told: Any) -> None:
        run(Options(**told))

    init.__doc__ = run.__doc__
    init.__annotations__ = hints
    init.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                one.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=one.default,
                annotation=hints[one.name],
            )
            for one in fields(Options)
        ]
    )
    return init


def check(options: Options) -> None:
    """Raises typer.BadParameter for what no installation could mean."""
    for value, allowed, name in (
        (options.language, LANGUAGES, "--language"),
        (options.profile, PROFILES, "--profile"),
        (options.engine, tuple(Engine), "--engine"),
        (options.permission, PERMISSIONS, "--permission"),
    ):
        if value and value not in allowed:
            raise typer.BadParameter(f"choose one of {', '.join(allowed)}", param_hint=name)
    if options.key_file and not options.key_file.is_file():
        raise typer.BadParameter("there is no such file", param_hint="--engine-key-file")
    if missing := [path for path in options.upload or () if not path.exists()]:
        raise typer.BadParameter(f"{missing[0]} does not exist", param_hint="--upload")
    if options.upload and not options.collection:
        raise typer.BadParameter("say where the files go", param_hint="--collection")


def told(options: Options) -> Choices:
    """The choices that the options make. Raises Invalid: a --set that is none."""
    named = {
        "service.language": options.language,
        "service.port": options.port,
        "service.max_concurrent": options.max_concurrent,
        "resource.cpu_limit": options.cpu_limit,
        "resource.memory_limit": options.memory_limit,
        "ingest.max_file": options.max_file,
        "traffic.requests_per_minute": options.requests,
        "database.url": options.database,
        "broker.url": options.broker,
        "storage.originals": options.originals,
    }
    values = {key: value for key, value in named.items() if value not in (None, "")}
    if options.names:
        values |= opened(options.names)
    return Choices(
        options.profile, _wish(options), values | dict(map(_setting, options.settings or ()))
    )


def _wish(options: Options) -> Wish | None:
    if not (options.engine or options.model or options.url):
        return None
    engine = options.engine or ("server" if options.url else "gguf")
    key = options.key_file.read_text(encoding="utf-8").strip() if options.key_file else ""
    is_file = engine == Engine.GGUF
    path = str(Path(options.model).expanduser().resolve()) if is_file and options.model else ""
    return Wish(Engine(engine), path, options.url, key, "" if is_file else options.model)


def _setting(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise Invalid(f"--set {text}: write section.key=value.")
    try:
        return key.strip(), yaml.safe_load(value)
    except yaml.YAMLError:
        raise Invalid(f"--set {text}: the value is no YAML.") from None

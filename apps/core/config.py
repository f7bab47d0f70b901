"""The one configuration: defaults < clawdbot.yaml < CLAWDBOT_* environment (and *_FILE secrets)."""

import os
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Literal, NoReturn

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)
from yaml import YAMLError
from yaml.constructor import ConstructorError

from apps.core import config_environment
from apps.core.config_anomalies import Anomalies
from apps.core.config_engines import Engines, Serving, Traffic
from apps.core.config_evaluation import Evaluation
from apps.core.config_front import Front
from apps.core.config_mail import Mail
from apps.core.config_operations import Backup, Ledger, Log, Telemetry
from apps.core.config_reports import Reports
from apps.core.config_retrieval import Answers, Index, Retrieval
from apps.core.config_sections import (
    Broker,
    Database,
    Ingest,
    Model,
    Node,
    Resource,
    Service,
)
from apps.core.config_sources import (
    FileSource,
    SecretFileSource,
    UnreadableSecret,
    without_secret_files,
)
from apps.core.config_storage import Storage

REPOSITORY = Path(__file__).resolve().parents[2]
_instead: ContextVar[Path | None] = ContextVar("instead of clawdbot.yaml", default=None)


class Config(BaseSettings):
    """Everything an operator can set. Raises pydantic.ValidationError on a bad or unknown key."""

    model_config = SettingsConfigDict(
        env_prefix="CLAWDBOT_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    profile: Literal["edge", "workstation", "server", "cluster"] = Field(
        "workstation",
        description="Size of the installation, for which `clawdbot init` and the first visit chose "
        "the other keys. By itself it changes nothing.",
    )
    service: Service = Service()  # type: ignore[call-arg]
    node: Node = Node()  # type: ignore[call-arg]
    model: Model = Model()  # type: ignore[call-arg]
    resource: Resource = Resource()  # type: ignore[call-arg]
    storage: Storage = Storage()  # type: ignore[call-arg]
    database: Database = Database()  # type: ignore[call-arg]
    broker: Broker = Broker()  # type: ignore[call-arg]
    ingest: Ingest = Ingest()  # type: ignore[call-arg]
    retrieval: Retrieval = Retrieval()  # type: ignore[call-arg]
    index: Index = Index()  # type: ignore[call-arg]
    answers: Answers = Answers()  # type: ignore[call-arg]
    serving: Serving = Serving()  # type: ignore[call-arg]
    engines: Engines = Engines()  # type: ignore[call-arg]
    traffic: Traffic = Traffic()  # type: ignore[call-arg]
    evaluation: Evaluation = Evaluation()  # type: ignore[call-arg]
    backup: Backup = Backup()  # type: ignore[call-arg]
    front: Front = Front()  # type: ignore[call-arg]
    mail: Mail = Mail()  # type: ignore[call-arg]
    reports: Reports = Reports()  # type: ignore[call-arg]
    ledger: Ledger = Ledger()  # type: ignore[call-arg]
    anomalies: Anomalies = Anomalies()  # type: ignore[call-arg]
    telemetry: Telemetry = Telemetry()  # type: ignore[call-arg]
    log: Log = Log()  # type: ignore[call-arg]

    @property
    def data_dir(self) -> Path:
        """Absolute folder of everything the installation stores."""
        return (home() / self.storage.data_dir).resolve()

    @property
    def models_dir(self) -> Path:
        """Absolute folder of the files of language models."""
        return (home() / (self.storage.models or self.data_dir / "models")).resolve()

    @property
    def embedder_dir(self) -> Path:
        """Absolute folder of the embedding model; relative names are looked up in the program."""
        return (REPOSITORY / self.model.embedder).resolve()

    @property
    def reader_dir(self) -> Path:
        """Absolute folder of the reader; relative names are looked up in the program."""
        return (REPOSITORY / self.model.reader).resolve()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (
            init_settings,
            without_secret_files(env_settings),
            SecretFileSource(settings_cls),
            FileSource(settings_cls, yaml_file=_file()),
        )


def home() -> Path:
    """The folder of clawdbot.yaml: $CLAWDBOT_HOME, else the program's own folder."""
    return Path(os.environ.get("CLAWDBOT_HOME") or REPOSITORY).resolve()


def read_instead(file: Path) -> None:
    """Have this process read that file in place of clawdbot.yaml, as if it stood in its folder."""
    _instead.set(file.resolve())
    load.cache_clear()
    load()  # now: the context ends at this thread, what was read serves all of them


def _file() -> Path:
    return _instead.get() or home() / "clawdbot.yaml"


@lru_cache(maxsize=1)
def load() -> Config:
    """Read the configuration once. Exits with one clear line when a value is bad."""
    if _file().exists() and not _file().is_file():
        _refuse("this is no file")
    if stray := config_environment.of_no_section(Config):
        _refuse_variable(stray[0], "there is no such section")
    try:
        return Config()  # type: ignore[call-arg]
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        unknown = first["type"] == "extra_forbidden"
        said = "there is no such key" if unknown else first["msg"].removeprefix("Value error, ")
        if first["type"] == "string_pattern_mismatch":
            said = _what_pattern_wants(str(first["ctx"]["pattern"]))
        if name := config_environment.setting(".".join(key.split(".")[:2])):
            _refuse_variable(name, f"{key}: {said}")
        _refuse(f"{key}: {said}")
    except UnreadableSecret as error:
        _refuse(str(error))
    except SettingsError as error:
        name = config_environment.holding(getattr(error.__cause__, "doc", None))
        _refuse_variable(name, f'{name or error}: write lists as JSON, like ["a", "b"]')
    except YAMLError as error:
        _refuse(_what_is_wrong(error))
    except (TypeError, ValueError):
        _refuse("the file must hold sections with keys, like `service: {port: 8000}`")


def _what_pattern_wants(pattern: str) -> str:
    if pattern.startswith("^(/"):
        return "write a full path, beginning with /, without spaces and quotes"
    return f"write it so that it matches {pattern}"


def _what_is_wrong(error: YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    if not mark:
        return "this is not YAML"
    if isinstance(error, ConstructorError):
        return f"line {mark.line + 1}: {error.problem}"
    return f"line {mark.line + 1} is not YAML"


def _refuse_variable(name: str, reason: str) -> NoReturn:
    told = reason if reason.startswith(name) else f"{reason}, in the variable {name}"
    raise SystemExit(f"clawdbot: configuration: {told} (see docs/configuration.md)") from None


def _refuse(reason: str) -> NoReturn:
    raise SystemExit(
        f"clawdbot: configuration: {reason} (see {_file()} and docs/configuration.md)"
    ) from None

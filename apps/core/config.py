"""The one configuration: defaults < clawdbot.yaml < CLAWDBOT_* environment (and *_FILE secrets)."""

import os
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal, NoReturn, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    YamlConfigSettingsSource,
)
from yaml import YAMLError

from apps.core.config_sources import SecretFileSource, UnreadableSecret, without_secret_files
from apps.core.sizes import parse_size

REPOSITORY = Path(__file__).resolve().parents[2]
AUTOMATIC = "auto"  # in place of a number: the program's own choice


def _size(text: str) -> str:
    parse_size(text)
    return text


ByteSize = Annotated[str, AfterValidator(_size)]


class Section(BaseModel):
    """A part of clawdbot.yaml. Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Service(Section):
    """Where the web server listens and how much it takes on."""

    host: str = Field(
        "127.0.0.1", description="Address to listen on; 0.0.0.0 opens it to the network."
    )
    port: int = Field(
        8000, ge=1, le=65535, description="Port of the portal, the admin and the API."
    )
    allowed_hosts: list[str] = Field(
        ["localhost", "127.0.0.1", "[::1]"],
        description="Names and addresses under which browsers may reach the service.",
    )
    web_workers: int = Field(2, ge=1, le=64, description="Web processes.")
    web_threads: int = Field(8, ge=1, le=128, description="Threads of each web process.")
    max_concurrent: int = Field(
        10,
        ge=1,
        le=1000,
        description="Questions answered at one time by a web process; more get 429.",
    )
    language: Literal["auto", "en", "zh-hans", "zh-hant"] = Field(
        "auto", description="Interface language; auto follows the browser."
    )
    public_url: str = Field(
        "",
        pattern=r"^(https?://[^/\s?#@]+)?/?$",
        description=(
            "Address under which people open the service through a proxy, like"
            " https://kb.company.lan; empty without one."
        ),
    )
    time_zone: str = Field("UTC", description="IANA name of the time zone shown to people.")


class Model(Section):
    """Which answers are given by what."""

    type: Literal["general", "finance", "medical", "lite"] = Field(
        "general", description="Default profile. Has an effect once language models are configured."
    )
    temperature: float = Field(
        0.7,
        ge=0,
        le=2,
        description="Sampling temperature of language models; the built-in engine uses none.",
    )
    embedder: str = Field(
        "models/clawdbot-embedder",
        description="Folder of the embedding model: in our format (`model.json`) or, in the server "
        "profile, any sentence-transformers model.",
    )
    reader: str = Field(
        "models/clawdbot-reader",
        description="Folder of the reader, which ranks passages and finds the answer in them.",
    )


class Resource(Section):
    """What the node may use of its machine."""

    cpu_limit: float = Field(0.8, gt=0, le=1, description="Share of the machine's cores.")
    memory_limit: ByteSize = Field(
        "8GB", description="Memory of all processes together. Not enforced yet."
    )
    embed_threads: int = Field(
        0, ge=0, le=256, description="Threads of the embedding worker; 0 takes every core."
    )
    read_threads: int = Field(
        0, ge=0, le=256, description="Threads of the reader in a web process; 0 takes every core."
    )


class Storage(Section):
    """Where files lie."""

    data_dir: str = Field(
        "data", description="Folder of database, originals, index, logs, secrets."
    )
    min_free: ByteSize = Field(
        "200MB", description="Uploads are refused below this much free disk."
    )


class Database(Section):
    """Where the truth lies."""

    url: str = Field(
        "sqlite", description="`sqlite` (in data_dir) or postgresql://user:password@host:port/name."
    )


class Broker(Section):
    """How workers hear of work. Losing it loses nothing."""

    url: str = Field(
        "filesystem", description="`filesystem` (in data_dir) or redis://:password@host:port/0."
    )


class Ingest(Section):
    """Limits of reading files."""

    parse_workers: int = Field(2, ge=1, le=64, description="Files parsed at one time.")
    parse_memory: ByteSize = Field("2GB", description="Address space of one parser child.")
    parse_cpu_s: int = Field(300, ge=1, description="CPU seconds of one parser child.")
    parse_wall_s: int = Field(
        600, ge=1, description="Seconds after which a parser child is killed."
    )
    max_file: ByteSize = Field("250MB", description="Largest file accepted.")
    max_archive_files: int = Field(2000, ge=1, description="Most files taken out of one zip.")
    max_archive_ratio: int = Field(200, ge=2, description="Greatest expansion of a zip member.")
    max_pages: int = Field(20000, ge=1, description="Most pages of one document.")
    chunk_tokens: int = Field(200, ge=32, le=1024, description="Wanted size of a chunk, in tokens.")
    lease_s: int = Field(
        60, ge=5, description="A job whose worker is silent this long is put back."
    )
    max_attempts: int = Field(3, ge=1, le=20, description="Tries before a job is marked failed.")


class Retrieval(Section):
    """How passages are found."""

    candidates: int = Field(60, ge=50, le=1000, description="Candidates of each leg.")
    rrf_k: int = Field(60, ge=1, description="Constant of reciprocal rank fusion.")
    read: int = Field(
        20, ge=0, le=200, description="Passages that the reader reads at most; 0 switches it off."
    )
    read_deadline_ms: int = Field(
        1500,
        ge=1,
        le=60_000,
        description="Reading stops after so long; what is left keeps its place behind.",
    )


def _none_if_automatic(value: object) -> object:
    return None if value in (AUTOMATIC, "null") else value


class Answers(Section):
    """How answers are made."""

    passages: int = Field(8, ge=1, le=50, description="Passages given to the engine.")
    min_confidence: Annotated[float | None, BeforeValidator(_none_if_automatic)] = Field(
        None,
        ge=0,
        le=1,
        description="Below this calibrated confidence the answer is `not found`; `auto`: the "
        "threshold at which the reader was measured to refuse as often wrongly as it answers "
        "wrongly. A collection may ask for its own.",
    )
    trace_days: int = Field(90, ge=1, description="Days for which traces of answers are kept.")


class Index(Section):
    """The index of each node, and where its vectors are."""

    verify_at: str = Field(
        "02:30",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$",
        description="When a node compares its index with the database every night, as `HH:MM` in "
        "service.time_zone; empty: never. `clawdbot index verify` does it at once.",
    )
    scrub_mb_s: float = Field(
        4.0,
        ge=0,
        le=1000,
        description="How fast the indexer reads the files of the index again in the background, "
        "to find damaged ones, in MB a second; 0: only when it starts and at verify_at.",
    )
    vectors: Literal["files", "milvus"] = Field(
        "files",
        description="Where vectors are searched: in files of each node, or in a Milvus that all "
        "nodes share. Words stay in files of each node.",
    )
    milvus_uri: str = Field(
        "",
        description="Address of Milvus, like `http://milvus:19530`; a path ending in `.db` runs "
        "milvus-lite in this process, for tests only.",
    )
    milvus_token: str = Field("", description="`user:password` or key of Milvus; empty: none.")
    milvus_database: str = Field("", description="Database inside Milvus; empty: its default.")

    @model_validator(mode="after")
    def _milvus_can_be_reached(self) -> Self:
        if self.vectors == "milvus" and not self.milvus_uri:
            raise ValueError("milvus_uri must be set where vectors is `milvus`")
        if self.vectors == "milvus" and find_spec("pymilvus") is None:
            raise ValueError(
                "pymilvus, which `vectors: milvus` needs, is not installed: "
                "pip install -r requirements.txt"
            )
        return self


class Log(Section):
    """What is written to data_dir/logs."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level.")


class Config(BaseSettings):
    """Everything an operator can set. Raises pydantic.ValidationError on a bad or unknown key."""

    model_config = SettingsConfigDict(
        env_prefix="CLAWDBOT_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    profile: Literal["edge", "workstation", "server", "cluster"] = Field(
        "workstation",
        description="Size of the installation. Recorded; only workstation exists yet.",
    )
    service: Service = Service()  # type: ignore[call-arg]
    model: Model = Model()  # type: ignore[call-arg]
    resource: Resource = Resource()  # type: ignore[call-arg]
    storage: Storage = Storage()  # type: ignore[call-arg]
    database: Database = Database()  # type: ignore[call-arg]
    broker: Broker = Broker()  # type: ignore[call-arg]
    ingest: Ingest = Ingest()  # type: ignore[call-arg]
    retrieval: Retrieval = Retrieval()  # type: ignore[call-arg]
    index: Index = Index()  # type: ignore[call-arg]
    answers: Answers = Answers()  # type: ignore[call-arg]
    log: Log = Log()  # type: ignore[call-arg]

    @property
    def data_dir(self) -> Path:
        """Absolute folder of everything the installation stores."""
        return (home() / self.storage.data_dir).resolve()

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
            YamlConfigSettingsSource(settings_cls, yaml_file=home() / "clawdbot.yaml"),
        )


def home() -> Path:
    """The folder of clawdbot.yaml: $CLAWDBOT_HOME, else the program's own folder."""
    return Path(os.environ.get("CLAWDBOT_HOME") or REPOSITORY).resolve()


@lru_cache(maxsize=1)
def load() -> Config:
    """Read the configuration once. Exits with one clear line when a value is bad."""
    try:
        return Config()  # type: ignore[call-arg]
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        unknown = first["type"] == "extra_forbidden"
        _refuse(f"{key}: {'there is no such key' if unknown else first['msg']}")
    except UnreadableSecret as error:
        _refuse(str(error))
    except SettingsError as error:
        _refuse(f'{error}; write lists as JSON, like ["a", "b"]')
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        _refuse(f"line {mark.line + 1} is not YAML" if mark else "this is not YAML")
    except (TypeError, ValueError):
        _refuse("the file must hold sections with keys, like `service: {port: 8000}`")


def _refuse(reason: str) -> NoReturn:
    raise SystemExit(
        f"clawdbot: configuration: {reason}"
        f" (see {home() / 'clawdbot.yaml'} and docs/configuration.md)"
    ) from None

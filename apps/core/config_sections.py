"""The sections of clawdbot.yaml: what an operator can set, with its bounds and meaning."""

from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from apps.core.sizes import parse_size

AUTOMATIC = "auto"  # in place of a number: the program's own choice


def _size(text: str) -> str:
    parse_size(text)
    return text


ByteSize = Annotated[str, AfterValidator(_size)]


def _network(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise ValueError(f"{text!r} is no address or network like 10.0.0.0/8") from None


Network = Annotated[str, AfterValidator(_network)]


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
    web_threads: int = Field(
        16,
        ge=1,
        le=128,
        description="Threads of each web process. Questions that are answered or wait take three "
        "quarters of them at most; the rest is for pages.",
    )
    max_concurrent: int = Field(
        10,
        ge=1,
        le=1000,
        description="Questions answered at one time by all web processes of all nodes; more wait "
        "in the queue (traffic.queue).",
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
    trusted_proxies: list[Network] = Field(
        ["127.0.0.1/32", "::1/128"],
        description="Proxies before the web servers: the last address of their X-Forwarded-For is "
        "who asks, and their X-Forwarded-Proto counts. Nobody else's does.",
    )
    time_zone: str = Field("UTC", description="IANA name of the time zone shown to people.")
    admin_password: str = Field(
        "",
        repr=False,
        description="Password of the administrator that the first start makes, better in a file, "
        "named by CLAWDBOT_SERVICE__ADMIN_PASSWORD_FILE; empty: one is made up and written to "
        "data_dir/secrets. Not read once there is an administrator.",
    )
    metrics_token: str = Field(
        "",
        repr=False,
        description="What Prometheus must show as Bearer at /metrics, better in a file, named by "
        "CLAWDBOT_SERVICE__METRICS_TOKEN_FILE; empty: there is no such page.",
    )
    secret_key: str = Field(
        "",
        pattern=r"^(\S{32,1000})?$",
        repr=False,
        description="Signs sessions and links; one for all nodes, 32 characters or more, better in "
        "a file, named by CLAWDBOT_SERVICE__SECRET_KEY_FILE. Empty: a file in data_dir, made at "
        "the first start.",
    )


class Node(Section):
    """What this machine is among the nodes of an installation."""

    name: str = Field(
        "",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$|^$",
        description="Its name, one for all processes that share a data folder; empty: the host's "
        "name.",
    )
    platform: Literal["auto", "supervisor", "compose", "kubernetes"] = Field(
        "auto",
        description="What starts and stops the processes, for `clawdbot scale`; `auto`: found out.",
    )
    max_lag: int = Field(
        200,
        ge=1,
        description="A node whose index is behind by more changes for some seconds, while others "
        "are not, says at /readyz that it is not ready until it has caught up.",
    )
    drain_s: float = Field(
        5,
        ge=0,
        le=600,
        description="A web server that is told to stop says so at /readyz and answers on for so "
        "many seconds, where a balancer asks /readyz.",
    )
    grace_s: int = Field(
        15, ge=1, le=3600, description="Then answers under way have so many seconds to end."
    )


class Model(Section):
    """Which answers are given by what."""

    type: Literal["general", "finance", "medical", "lite"] = Field(
        "general", description="Profile of collections and requests that name none."
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
        "8GB",
        description="Memory of all processes of the node together: what is left of it beside them "
        "is for models.",
    )
    embed_threads: int = Field(
        0, ge=0, le=256, description="Threads of the embedding worker; 0 takes every core."
    )
    read_threads: int = Field(
        0, ge=0, le=256, description="Threads of the reader in a web process; 0 takes every core."
    )


class Database(Section):
    """Where the truth lies."""

    url: str = Field(
        "sqlite",
        description="`sqlite` (in data_dir) or postgresql://user:password@host:port/name, which "
        "may end in parameters of libpq, like ?sslmode=verify-full.",
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

"""The sections of clawdbot.yaml about language models and who may ask them how much."""

from typing import Literal

from pydantic import Field

from apps.core.config_sections import Section


class Serving(Section):
    """The model servers of this node, one process for each GGUF file that is served."""

    models: list[str] = Field(
        [],
        description="Names of models (`clawdbot model list`) that are served from the start on; "
        "others are loaded when they are asked for, where resource.memory_limit has room.",
    )
    servers: list[str] = Field(
        [],
        description="Addresses of model servers elsewhere, like `http://models:8080`, asked when "
        "none of this node serves a model.",
    )
    host: str = Field("127.0.0.1", description="Address that model servers listen on.")
    port: int = Field(
        8080, ge=1, le=65535, description="Port of the first model server; others count up."
    )
    threads: int = Field(0, ge=0, le=512, description="Threads of a model server; 0: as planned.")
    gpu_layers: int = Field(
        -1, ge=-1, le=1000, description="Layers on the GPU; -1: as many as fit, 0: none."
    )
    parallel: int = Field(
        0,
        ge=0,
        le=255,  # and a spare one: llama.cpp holds 256
        description="Sequences a model server works on at once; 0: as planned.",
    )
    context: int = Field(
        0, ge=0, le=1_048_576, description="Tokens of one sequence; 0: as planned."
    )
    queue: int = Field(
        32, ge=0, le=10_000, description="Requests that may wait at a model server; more get 429."
    )
    hub_url: str = Field(
        "https://huggingface.co",
        pattern=r"^https?://[^\s?#@]+$",
        description="Where `hf:owner/repo/file.gguf` is fetched from: the Hugging Face hub, or a "
        "mirror of it. Nothing is ever fetched unless somebody asks for it.",
    )
    hub_token: str = Field(
        "",
        description="Sent to the hub for models that it gives to members only; better in a file, "
        "named by CLAWDBOT_SERVING__HUB_TOKEN_FILE.",
    )
    hub_proxy: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="Proxy through which models are fetched, like `http://proxy:3128`; empty: "
        "none. The environment's proxy settings are not read.",
    )


class Engines(Section):
    """Who writes the answers, and when questions may leave the building."""

    default: Literal["auto", "builtin", "local", "remote", "hybrid"] = Field(
        "auto",
        description="For profiles that name none. `auto`: a model server where one serves the "
        "profile's model, else the built-in reader; `hybrid`: local first, remote when its queue "
        "is too long or its model is missing, and only for collections that allow it.",
    )
    timeout_s: float = Field(
        120, gt=0, le=3600, description="Seconds that an engine may take for one answer."
    )
    first_token_s: float = Field(
        60, gt=0, le=3600, description="Seconds to the first word before another engine is tried."
    )
    attempts: int = Field(2, ge=1, le=10, description="Tries of an engine that fails in passing.")
    max_wait_s: float = Field(
        20,
        ge=0,
        le=3600,
        description="With `hybrid`, a longer queue goes to the remote engine.",
    )
    remote_url: str = Field(
        "",
        description="Address of an OpenAI-compatible engine, like `https://host/v1`; empty: none. "
        "Only collections that an administrator allows to leave are ever sent there.",
    )
    remote_key: str = Field(
        "", description="Its key; better in a file, named by CLAWDBOT_ENGINES__REMOTE_KEY_FILE."
    )
    remote_model: str = Field("", description="The model asked for there.")
    remote_context: int = Field(
        0,
        ge=0,
        le=10_000_000,
        description="Tokens that a prompt and its answer may have there; 0: not known. Some "
        "servers (Ollama: 2,048 or 4,096, unless told otherwise) cut longer prompts without a "
        "word.",
    )


class Traffic(Section):
    """What each user may ask for, unless a limit of their own says otherwise; 0: no limit."""

    requests_per_minute: int = Field(0, ge=0, description="Questions of one user.")
    tokens_per_minute: int = Field(
        0, ge=0, description="Tokens read and written by language models for one user."
    )
    streams: int = Field(0, ge=0, description="Answers of one user at one time, waiting ones too.")
    requests_per_day: int = Field(
        0, ge=0, description="Questions of one user; a day of service.time_zone."
    )
    queue: int = Field(
        64, ge=0, le=100_000, description="Questions that wait for a place; more get 429 at once."
    )
    queue_wait_s: float = Field(
        30,
        ge=0,
        le=3600,
        description="Seconds that a person's question waits for a place at most, then it gets 429. "
        "A program's waits six tenths of what an answer takes of late; an evaluation's 20 times as "
        "long.",
    )

"""The sections of clawdbot.yaml about the way of a question: passages, answers, the index."""

from importlib.util import find_spec
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from apps.core.config_sections import AUTOMATIC, Section


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
                "pymilvus, which `vectors: milvus` needs, is not installed; run: make server"
            )
        return self

"""What a snapshot says of itself: JSON, sealed like everything else."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Line(BaseModel):
    """Unknown keys are refused: a later format has another number."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Shard(Line):
    """Rows of a table whose keys lie in one range."""

    name: Name
    rows: int


class Table(Line):
    """All rows of a table. `last_key`: the highest that was ever given, 0 when nobody counts."""

    label: str  # app.model, in small letters
    columns: list[str]
    shards: list[Shard]
    last_key: int = 0


class Contents(Line):
    """Where everything of a snapshot lies: tables, and lists of originals."""

    tables: list[Table]
    originals: list[Name]


class Counts(Line):
    """What is in it. Bytes are those of the originals, unpacked."""

    documents: int
    chunks: int
    rows: int
    originals: int
    original_bytes: int


class Snapshot(Line):
    """A whole installation at one moment."""

    version: Literal[1] = 1
    taken_at: datetime
    program: str
    database: str  # sqlite, postgresql
    node: str
    change_seq: int
    migrations: list[tuple[str, str]]  # applied: app, name
    counts: Counts
    contents: Name
    configuration: Name | None  # clawdbot.yaml
    keys: Name | None  # the files of the folder `secrets`
    lost: list[str] = []  # SHA-256 of originals that were gone or damaged when it was taken

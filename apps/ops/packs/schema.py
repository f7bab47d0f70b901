"""What stands in a knowledge pack: the manifest, and the lines of its members (ADR 17)."""

import json
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

from apps.core.addresses import web_address
from ingest.submissions import clean_path

FORMAT: Literal["clawdbot-pack"] = "clawdbot-pack"
VERSION: Literal[1] = 1
MANIFEST, COLLECTION = "manifest.json", "collection.json"
GRANTS, GOLDEN, CURATED = "grants.jsonl", "golden.jsonl", "curated.jsonl"
NAMES = re.compile(
    r"manifest\.json|collection\.json|grants\.jsonl|golden\.jsonl|curated\.jsonl"
    r"|content/[0-9]{5}\.jsonl|vectors/[0-9]{5}\.(rows|hashes)\.npy|originals/[0-9a-f]{64}"
)


def original(sha256: str) -> str:
    """Where the original with this hash lies."""
    return f"originals/{sha256}"


def content(number: int) -> str:
    """The part of documents, versions, pages and chunks with this number (from 0)."""
    return f"content/{number:05}.jsonl"


def vector_rows(number: int) -> str:
    """The vectors of a part: float16, one row for each hash."""
    return f"vectors/{number:05}.rows.npy"


def vector_hashes(number: int) -> str:
    """The hashes of a part: uint8, shape (rows, 32), ascending through all parts."""
    return f"vectors/{number:05}.hashes.npy"


def line_of(value: BaseModel) -> bytes:
    """The value as one line of JSON, the same bytes for equal values."""
    plain = value.model_dump(mode="json")
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode() + b"\n"


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("holds a null character")
    return text


def _clean(path: str) -> str:
    if clean_path(path) != path:
        raise ValueError("is not a plain relative path")
    return path


def _web(url: str) -> str:
    if url and not web_address(url):
        raise ValueError("is not a web address")
    return url


def _plain_json(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if "\\u0000" in json.dumps(value, allow_nan=False):
        raise ValueError("holds a null character")
    return value


Text = Annotated[str, AfterValidator(_storable)]
Name = Annotated[Text, Field(min_length=1, max_length=200)]
Path = Annotated[Text, Field(min_length=1, max_length=1000), AfterValidator(_clean)]
Count = Annotated[int, Field(ge=0, le=2**62)]
Small = Annotated[int, Field(ge=0, le=2**31 - 1)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
MediaType = Annotated[str, Field(max_length=150, pattern=r"^([\w.+-]+/[\w.+-]+)?$")]


class Line(BaseModel):
    """A value of a pack: exactly these keys, exactly these types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class MemberFacts(Line):
    """What a member must be: the hash and the size of its bytes once unpacked."""

    sha256: Sha256
    size: Count


class Counts(Line):
    """How much there is of everything."""

    documents: Count
    versions: Count
    pages: Count
    chunks: Count
    vectors: Count
    originals: Count
    golden_questions: Count
    curated_answers: Count


class Embedding(Line):
    """The model whose vectors the pack holds: vectors of another one cannot be used."""

    name: Annotated[Text, Field(max_length=200)]
    model_sha256: Sha256
    dimension: Annotated[int, Field(ge=1, le=65536)]
    pooling: Annotated[Text, Field(max_length=16)]
    prefix: Annotated[Text, Field(max_length=100)]


class Manifest(Line):
    """The table of contents: every member with its hash."""

    format: Literal["clawdbot-pack"]
    version: Literal[1]
    created: Text  # ISO 8601, UTC
    by: Text  # the program and its version
    counts: Counts
    embedding: Embedding | None
    members: dict[str, MemberFacts]


class CollectionLine(Line):
    """The settings of the collection."""

    name: Name
    description: Text
    language: Literal["auto", "en", "zh"]
    profile: Literal["", "general", "finance", "medical", "lite"]
    min_confidence: Annotated[float, Field(ge=0, le=1)] | None
    suggested_questions: list[Text]


class DocumentLine(Line):
    """A document; its versions follow, oldest first, the live one last."""

    kind: Literal["document"] = "document"
    path: Path
    title: Annotated[Text, Field(max_length=500)]
    url: Annotated[Text, Field(max_length=2000), AfterValidator(_web)]
    metadata: Annotated[dict[str, JsonValue], AfterValidator(_plain_json)]


class VersionLine(Line):
    """A version; its pages follow, then its chunks."""

    kind: Literal["version"] = "version"
    number: Annotated[int, Field(ge=1, le=2**31 - 1)]
    is_live: bool
    is_history_kept: bool
    sha256: Sha256
    has_original: bool
    size: Count
    filename: Annotated[Text, Field(max_length=500)]
    media_type: MediaType
    language: Annotated[Text, Field(max_length=16)]
    pages: Small
    chunks: Small


class PageLine(Line):
    """A page. `blocks`: see `ingest.page_blocks`, which checks them whenever they are used."""

    kind: Literal["page"] = "page"
    number: Small
    label: Annotated[Text, Field(max_length=200)]
    text: Text
    blocks: list[list[int]]


class ChunkLine(Line):
    """A chunk. Its text is the characters start..end of the pages joined by form feeds."""

    kind: Literal["chunk"] = "chunk"
    ordinal: Small
    page: Small
    start: Count
    end: Count
    heading: Annotated[Text, Field(max_length=1000)]
    context: Text
    is_excluded: bool
    sha256: Sha256  # of context, line break, text: the key of its vector


class GrantLine(Line):
    """Who may do what: on the collection (`path` empty) or a document. Names, not keys."""

    path: Annotated[Text, Field(max_length=1000)] = ""
    principal: Literal["user", "group", "everyone"]
    name: Annotated[Text, Field(max_length=150)] = ""
    permission: Literal[10, 20, 30] = 10
    is_denied: bool = False


class GoldenLine(Line):
    """A golden question, its right answers and the documents where they stand."""

    text: Annotated[Text, Field(min_length=1)]
    answers: list[Text]
    documents: list[Path]


class SourceLine(Line):
    """What holds a curated answer up."""

    path: Path
    quote: Annotated[Text, Field(min_length=1)]


class CuratedLine(Line):
    """A curated answer, the ways of asking for it and its sources."""

    text: Annotated[Text, Field(min_length=1)]
    is_active: bool
    questions: Annotated[list[Text], Field(min_length=1)]
    sources: Annotated[list[SourceLine], Field(min_length=1)]


ContentLine = Annotated[
    DocumentLine | VersionLine | PageLine | ChunkLine, Field(discriminator="kind")
]
CONTENT: TypeAdapter[Any] = TypeAdapter(ContentLine)

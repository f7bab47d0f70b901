"""Checking a whole pack before anything of it is taken."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext
from pydantic import ValidationError

from apps.core import config
from apps.core.sizes import parse_size
from apps.ops.packs import schema
from apps.ops.packs.content import PackedVersion, documents_in
from apps.ops.packs.embeddings import vectors_in
from apps.ops.packs.opened import Pack, first_problem
from apps.ops.packs.refusals import refused
from apps.ops.packs.schema import CollectionLine, CuratedLine, GoldenLine, GrantLine, Line

LineType = TypeVar("LineType", bound=Line)
Report = Callable[[str, int, int], None]


@dataclass(slots=True)
class Verified:
    """What was found."""

    settings: CollectionLine
    counts: Counter[str] = field(default_factory=Counter)
    originals: set[str] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)
    texts: bytearray = field(default_factory=bytearray)  # 8 bytes of each chunk's hash


def verify(pack: Pack, report: Report) -> Verified:
    """Read everything once. Raises PackRefused, naming member and reason; changes nothing."""
    found = Verified(settings_in(pack))
    total = pack.manifest.counts.documents
    for document in documents_in(pack):
        report("checking documents", found.counts["documents"], total)
        found.counts["documents"] += 1
        found.paths.add(document.line.path)
        for version in document.versions:
            _note(found, version, pack)
    _verify_vectors(pack, found)
    _verify_originals(pack, found, report)
    _verify_curation(pack, found)
    _compare_counts(pack, found)
    return found


def settings_in(pack: Pack) -> CollectionLine:
    """The settings of the collection. Raises PackRefused."""
    try:
        return CollectionLine.model_validate_json(pack.read(schema.COLLECTION))
    except ValidationError as error:
        raise refused(schema.COLLECTION, first_problem(error)) from None


def lines_in(pack: Pack, name: str, kind: type[LineType]) -> Iterator[LineType]:
    """The lines of a member that holds one kind only. Raises PackRefused."""
    for number, line in enumerate(pack.lines(name), start=1):
        try:
            yield kind.model_validate_json(line)
        except ValidationError as error:
            raise refused(f"{name}, line {number}", first_problem(error)) from None


def _note(found: Verified, version: PackedVersion, pack: Pack) -> None:
    line = version.line
    found.counts.update(versions=1, pages=line.pages, chunks=line.chunks)
    for chunk in version.chunks:
        found.texts += bytes.fromhex(chunk.sha256[:16])
    if not line.has_original:
        return
    facts = pack.manifest.members.get(schema.original(line.sha256))
    if facts is None:
        raise refused(schema.original(line.sha256), gettext("it is missing"))
    if facts.size != line.size:
        raise refused(schema.original(line.sha256), gettext("its size is not that of its version"))
    found.originals.add(line.sha256)


def _verify_vectors(pack: Pack, found: Verified) -> None:
    texts = np.unique(np.frombuffer(bytes(found.texts), dtype=">u8"))
    for name, (hashes, _) in zip(pack.parts("vectors", ".rows.npy"), vectors_in(pack), strict=True):
        keys: npt.NDArray[np.uint64] = np.array([int(one[:16], 16) for one in hashes], np.uint64)
        if not np.isin(keys, texts).all():
            raise refused(name, gettext("it holds vectors of texts that are not in the pack"))
        found.counts["vectors"] += len(hashes)
    if len(pack.parts("vectors", ".hashes.npy")) > len(pack.parts("vectors", ".rows.npy")):
        raise refused(pack.parts("vectors", ".hashes.npy")[-1], gettext("it has no vectors"))


def _verify_originals(pack: Pack, found: Verified, report: Report) -> None:
    most = config.load().ingest.max_file
    names = [name for name in pack.manifest.members if name.startswith("originals/")]
    for number, name in enumerate(sorted(names)):
        report("checking originals", number, len(names))
        facts = pack.manifest.members[name]
        if name != schema.original(facts.sha256):
            raise refused(name, gettext("its bytes do not have the hash that is its name"))
        if facts.sha256 not in found.originals:
            raise refused(name, gettext("no version has it"))
        if facts.size > parse_size(most):
            reason = gettext("it is larger than %(most)s") % {"most": most}
            raise refused(name, reason, gettext("Raise ingest.max_file first."))
        for _ in pack.chunks(name):
            pass
    found.counts["originals"] = len(names)


def _verify_curation(pack: Pack, found: Verified) -> None:
    """Grants, golden questions and curated answers speak of documents that are there."""
    for grant in lines_in(pack, schema.GRANTS, GrantLine):
        _require_paths(schema.GRANTS, [grant.path] if grant.path else [], found)
        if grant.is_denied and not grant.path:
            raise refused(schema.GRANTS, gettext("a collection can be granted, not denied"))
    texts = set[str]()
    for golden in lines_in(pack, schema.GOLDEN, GoldenLine):
        _require_paths(schema.GOLDEN, golden.documents, found)
        if golden.text in texts:
            raise refused(schema.GOLDEN, gettext("a question is there twice"))
        texts.add(golden.text)
    for curated in lines_in(pack, schema.CURATED, CuratedLine):
        _require_paths(schema.CURATED, [source.path for source in curated.sources], found)
        found.counts["curated_answers"] += 1
    found.counts["golden_questions"] = len(texts)


def _require_paths(name: str, paths: list[str], found: Verified) -> None:
    for path in paths:
        if path not in found.paths:
            reason = gettext("there is no document %(path)s in the pack")
            raise refused(name, reason % {"path": repr(path[:200])})


def _compare_counts(pack: Pack, found: Verified) -> None:
    for name, count in pack.manifest.counts.model_dump().items():
        if found.counts[name] != count:
            reason = gettext("it promises %(promised)s %(name)s, there are %(there)s")
            values = {"name": name, "promised": count, "there": found.counts[name]}
            raise refused(schema.MANIFEST, reason % values)

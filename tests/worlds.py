"""Random collections, documents, grants and denials, with who may read what said in plain Python.

Nothing here asks the code under test: `World.readable` goes by the description alone.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from django.utils import timezone
from hypothesis import strategies as st

from apps.knowledge import changes
from apps.knowledge.models import Change, Collection, DocumentGrant, Grant, VersionState
from apps.retrieval import vectors
from apps.retrieval.embedding import current_generation
from tests.factories import (
    ChunkFactory,
    CollectionFactory,
    GroupFactory,
    UserFactory,
    VersionFactory,
)

WORDS = ("vault", "leave", "invoice", "contract", "INV-7")
COLLECTIONS = 3
DOCUMENTS = 10
GROUPS = ("red", "blue")
PRINCIPALS = ("me", *GROUPS, "everyone", "somebody else")
MANY = 30  # passages in a collection that nobody was granted


@dataclass(frozen=True)
class Paper:
    """A document as it will be. `fate`: what becomes of it once it is indexed."""

    collection: int
    words: tuple[str, ...]
    team: str
    fate: str


@dataclass(frozen=True)
class Description:
    """Who there is, what there is, and what is granted: (thing, principal) pairs."""

    standing: str
    groups: frozenset[str]
    papers: tuple[Paper, ...]
    grants: frozenset[tuple[int, str]]
    rules: dict[tuple[int, str], bool]  # True: a denial

    def may_read(self, number: int) -> bool:
        """Whether the asker may read this paper, by the rule that the ADR states."""
        mine = {"me", "everyone"} | self.groups
        said = {denied for (at, who), denied in self.rules.items() if at == number and who in mine}
        place = self.papers[number].collection
        has_whole = any((place, who) in self.grants for who in mine)
        if self.standing != "person":
            return self.standing == "administrator"
        return True not in said and (False in said or has_whole)


papers = st.builds(
    Paper,
    collection=st.integers(0, COLLECTIONS - 1),
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(tuple),
    team=st.sampled_from(["hr", "it"]),
    fate=st.sampled_from(["kept", "kept", "kept", "deleted", "replaced", "excluded"]),
)
descriptions = st.builds(
    Description,
    standing=st.sampled_from(["person"] * 8 + ["administrator", "gone"]),
    groups=st.frozensets(st.sampled_from(GROUPS)),
    papers=st.lists(papers, min_size=1, max_size=DOCUMENTS).map(tuple),
    grants=st.frozensets(
        st.tuples(st.integers(0, COLLECTIONS - 1), st.sampled_from(PRINCIPALS)), max_size=3
    ),
    rules=st.dictionaries(
        st.tuples(st.integers(0, DOCUMENTS - 1), st.sampled_from(PRINCIPALS)),
        st.booleans(),
        max_size=8,
    ),
)


@dataclass
class World:
    """The rows of a description; what was made before is out of everybody's reach."""

    told: Description
    user: object = None
    collections: list = field(default_factory=list)
    documents: list = field(default_factory=list)
    chunks: dict = field(default_factory=dict)  # number of a paper -> the chunk that is searched

    @classmethod
    def of(cls, told: Description, *, follow=lambda: None) -> "World":
        """Make the rows; `follow` lets the index catch up, before and after papers meet a fate."""
        Collection.objects.filter(deleted_at=None).update(deleted_at=timezone.now())
        made = cls(told)
        made._people()
        made._documents()
        made._grant()
        made._forbidden()
        follow()
        for number, paper in enumerate(told.papers):
            made._fate(number, paper)
        follow()
        return made

    def readable(self, *, team: str | None = None) -> set[int]:
        """Keys of the documents that exist and may be read."""
        return {
            self.documents[at].pk
            for at, paper in enumerate(self.told.papers)
            if paper.fate != "deleted" and team in {None, paper.team} and self.told.may_read(at)
        }

    def answering(self, *, team: str | None = None) -> dict[int, str]:
        """Key and text of every chunk that may be answered from."""
        readable = self.readable(team=team)
        return {
            chunk.pk: chunk.text
            for at, chunk in self.chunks.items()
            if self.documents[at].pk in readable and self.told.papers[at].fate != "excluded"
        }

    def live(self, *, team: str | None = None) -> dict[int, str]:
        """The same with what curators keep out of search: an index has that, too."""
        readable = self.readable(team=team)
        found = ((self.documents[at].pk, chunk) for at, chunk in self.chunks.items())
        return {chunk.pk: chunk.text for document, chunk in found if document in readable}

    def change_rules(self, later: Description) -> None:
        """Other grants and denials take the place of those that were."""
        Grant.objects.filter(collection__in=self.collections).delete()
        DocumentGrant.objects.filter(document__in=self.documents).delete()
        self.told = replace(self.told, grants=later.grants, rules=later.rules)
        self._grant()

    def _people(self) -> None:
        standing = self.told.standing
        self.user = UserFactory(
            is_superuser=standing == "administrator", is_active=standing != "gone"
        )
        groups = {name: GroupFactory() for name in GROUPS}
        self.user.groups.set([groups[name] for name in self.told.groups])
        self._principals = {
            "me": {"user": self.user},
            "everyone": {"is_everyone": True},
            "somebody else": {"user": UserFactory()},
        } | {name: {"group": group} for name, group in groups.items()}
        self.collections = CollectionFactory.create_batch(COLLECTIONS)

    def _documents(self) -> None:
        for number, paper in enumerate(self.told.papers):
            self.chunks[number] = chunk = indexable(
                f"{' '.join(paper.words)} {number}",
                version__document__collection=self.collections[paper.collection],
                version__document__metadata={"team": paper.team},
            )
            self.documents.append(chunk.version.document)

    def _grant(self) -> None:
        for at, who in self.told.grants:
            Grant.objects.create(collection=self.collections[at], **self._principals[who])
        for (at, who), is_denied in self.told.rules.items():
            if at < len(self.documents):
                DocumentGrant.objects.create(
                    document=self.documents[at], is_denied=is_denied, **self._principals[who]
                )

    def _forbidden(self) -> None:
        """The same words, over and over, where the asker has no business."""
        if self.told.standing != "administrator":
            version = VersionFactory()
            for number in range(MANY):
                indexable(f"{' '.join(WORDS)} {number}", version=version)

    def _fate(self, number: int, paper: Paper) -> None:
        chunk = self.chunks[number]
        version, document = chunk.version, chunk.version.document
        if paper.fate == "excluded":
            type(chunk).objects.filter(pk=chunk.pk).update(is_excluded=True)
        elif paper.fate != "kept":
            dead = paper.fate == "deleted"
            version.state = VersionState.DEAD if dead else VersionState.SUPERSEDED
            version.save()
            changes.record(Change.Kind.RETIRE, [version.pk])
            if dead:
                document.deleted_at = timezone.now()
                document.save()
            else:
                newer = VersionFactory(document=document, number=2)
                self.chunks[number] = indexable(f"{chunk.text} again", version=newer)


def indexable(text, **fields):
    """A chunk with a vector of its own."""
    chunk = ChunkFactory(text=text, context="", **fields)
    vectors.store(current_generation(), [chunk.text_sha256], vector_of(text)[None])
    return chunk


def vector_of(text):
    """A unit vector that is always the same for a text."""
    seed = int.from_bytes(text.encode()[-6:], "big")
    vector = np.random.default_rng(seed).standard_normal(current_generation().dimension)
    return (vector / np.linalg.norm(vector)).astype(np.float32)

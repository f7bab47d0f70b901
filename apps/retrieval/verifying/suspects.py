"""What a repair has to put right, gathered while comparing."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Suspects:
    """`versions` are to be published again from the database, `is_everything`: all of them.

    `files` are paths inside the index folder that are to be set aside, `leftovers` that are to be
    removed; `unembedded`: chunks whose vectors are to be made; `unsound` and `unused`: texts by
    their hash, whose vectors are to be deleted; `shared`: versions whose vectors are to be brought
    to Milvus again, `is_all_shared`: all of them.
    """

    versions: set[int] = field(default_factory=set)
    is_everything: bool = False
    files: set[str] = field(default_factory=set)
    leftovers: set[str] = field(default_factory=set)
    unembedded: set[int] = field(default_factory=set)
    unsound: set[str] = field(default_factory=set)
    unused: set[str] = field(default_factory=set)
    shared: set[int] = field(default_factory=set)
    is_all_shared: bool = False

    def publish(self, version_ids: Iterable[int]) -> None:
        """Have these versions published again."""
        self.versions.update(map(int, version_ids))

"""Names that must not leave: of people, nodes, collections, and of what people gave names to."""

from collections.abc import Iterator, Mapping

from django.contrib.auth.models import Group
from django.db.models import Model as Row

from apps.accounts.models import ApiKey, User
from apps.core.node_records import NodeProcess
from apps.core.nodes import node_name
from apps.knowledge.models import Collection
from apps.retrieval.models import NodeIndex

MOST = 20_000  # of each kind


def known_names() -> Mapping[str, str]:
    """Each with what it is of. The shortest lists first: of two meanings the first counts."""
    found: dict[str, str] = {}
    for kind, names in _kinds():
        for name in names:
            if name and str(name).strip():
                found.setdefault(str(name).strip(), kind)
    return found


def _kinds() -> Iterator[tuple[str, Iterator[str]]]:
    yield "node", iter([node_name()])
    yield "node", _values(NodeProcess, "node")
    yield "host", _values(NodeProcess, "host")
    yield "node", _values(NodeIndex, "node")
    for field in ("username", "email", "first_name", "last_name"):
        yield "user", _values(User, field)
    yield "group", _values(Group, "name")
    yield "collection", _values(Collection, "name")
    yield "key", _values(ApiKey, "name")
    yield "key", _values(ApiKey, "prefix")


def _values(model: type[Row], field: str) -> Iterator[str]:
    rows = model._default_manager.order_by().values_list(field, flat=True).distinct()
    return iter(rows[:MOST])

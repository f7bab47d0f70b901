"""What there was to ask, and the machines that answered."""

from django.utils.translation import gettext as _

from apps.ops.reports.blocks import Block, Column, Section, Table, Text, Tile, Tiles
from apps.ops.reports.figures import Machine, ReportFigures
from apps.ops.reports.telling import words


def knowledge(figures: ReportFigures) -> Section:
    """Documents and collections."""
    stock = figures.knowledge
    tiles = Tiles(
        [
            Tile(_("Documents"), words.number(stock.documents)),
            Tile(_("New in the month"), words.number(stock.added)),
            Tile(_("Pages"), words.number(stock.pages)),
            Tile(_("Could not be read"), words.number(stock.failed), "",
                 "bad" if stock.failed else ""),
        ]
    )  # fmt: skip
    rows = [
        [words.collection(one.name), words.number(one.documents), words.number(one.added)]
        for one in stock.collections
    ]
    columns = [Column(_("Collection"), 5), Column(_("Documents"), 1.3, is_number=True),
               Column(_("New in the month"), 1.6, is_number=True)]  # fmt: skip
    blocks: list[Block] = [tiles]
    if rows:
        blocks.append(Table(columns, rows, _("Collections")))
    if stock.collection_count > len(rows):
        more = words.number(stock.collection_count - len(rows))
        blocks.append(Text(_("And %(n)s smaller ones.") % {"n": more}, "muted"))
    return Section("knowledge", _("Documents"), blocks)


def machines(figures: ReportFigures) -> Section:
    """How busy they were."""
    if not figures.machines:
        return Section("machines", _("Machines"), [Text(_("No machine told of itself."))])
    columns = [Column(_("Node"), 2), Column(_("Load, mean"), 1.1, is_number=True),
               Column(_("Load, most"), 1.1, is_number=True),
               Column(_("Memory, most"), 1.9, is_number=True),
               Column(_("GPU, mean"), 1.1, is_number=True),
               Column(_("Disk free, least"), 1.9, is_number=True)]  # fmt: skip
    table = Table(columns, [_machine(one) for one in figures.machines], _("The nodes' machines"))
    return Section("machines", _("Machines"), [table])


def _machine(one: Machine) -> list[str]:
    return [
        one.node,
        words.share(one.load_mean),
        words.share(one.load_most),
        _of(one.memory_most_bytes, one.memory_total_bytes),
        words.share(one.gpu_mean),
        _of(one.disk_free_bytes, one.disk_total_bytes),
    ]


def _of(part: float | None, whole: float | None) -> str:
    if part is None or whole is None:
        return words.gigabytes(part)
    return _("%(part)s of %(whole)s") % {
        "part": words.number(part / 1e9, 1),
        "whole": words.gigabytes(whole),
    }

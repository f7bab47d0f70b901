"""Names of deleted collections leave the reports in which they stood."""

from typing import Any

from django.db import transaction

from apps.knowledge.models import Collection
from apps.ops.report_records import MonthlyReport, ReportFile


@transaction.atomic
def names_forget() -> int:
    """Take the names of deleted collections out of figures, and remove the files that told them.

    A worker writes these files anew. Returns how many reports; safe to repeat.
    """
    gone = frozenset(
        Collection.objects.filter(deleted_at__isnull=False).values_list("pk", flat=True)
    )
    if not gone:
        return 0
    count = 0
    for report in MonthlyReport.objects.exclude(figures={}).iterator():
        if _is_emptied(report.figures, gone):
            MonthlyReport.objects.filter(pk=report.pk).update(figures=report.figures)
            ReportFile.objects.filter(report=report).delete()
            count += 1
    return count


def _is_emptied(figures: dict[str, Any], gone: frozenset[int]) -> bool:
    """Empty their names; tells whether there were any."""
    places = [*figures["knowledge"]["collections"]]
    for part in ("top", "missing"):
        for topic in (figures.get(part) or {}).get("topics", ()):
            places += topic["collections"]
    named = [place for place in places if place["key"] in gone and place["name"]]
    for place in named:
        place["name"] = ""
    return bool(named)

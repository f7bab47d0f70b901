"""`clawdbot report`: the monthly report."""

from pathlib import Path
from typing import Annotated, Any

import typer

from apps.core.errors import Invalid
from apps.ops.report_records import MonthlyReport
from apps.ops.reports import mailing, making
from apps.ops.reports.months import Month
from clawdbot_site.cli.console import note, out, print_json, print_table
from clawdbot_site.cli.ending import ending_cleanly

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)
MonthOption = Annotated[str, typer.Option(help="Like 2026-10; default: last month.")]
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]
MEDIA_TYPES = {".pdf": making.PDF, ".html": making.HTML}


@app.callback()
def group() -> None:
    """Usage, quality, what is missing and what it costs, month by month."""


@app.command()
def make(
    month: MonthOption = "",
    to: Annotated[Path | None, typer.Option(help="Write it there, too: .pdf or .html.")] = None,
    language: Annotated[str, typer.Option(help="Of that file; default: the first.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Make the report of a month, in place of the one that is there."""
    wanted = _month(month)
    _media_type(to)
    with ending_cleanly():
        report = making.report_make(month=wanted)
    if to:
        _write(report, to, language)
    if as_json:
        written = {"file": str(to)} if to else {}
        print_json(_facts(report) | written | {"figures": report.figures})
        return
    if to:
        out.print(str(to), markup=False)
    files = ", ".join(f"{one.language} {one.media_type}" for one in report.files.order_by("pk"))
    note(f"{report.month:%Y-%m}: {files}" + ("" if report.is_final else "; the month is not over"))


@app.command("list")
def list_reports(as_json: JsonOption = False) -> None:
    """Those that are kept, the newest first."""
    found = list(making.report_list())
    if as_json:
        print_json([_facts(report) for report in found])
        return
    rows = [
        (str(one), one.state, "yes" if one.is_final else "so far", _time(one.made_at),
         _time(one.mailed_at), one.message or one.mail_message)
        for one in found
    ]  # fmt: skip
    print_table(("month", "state", "complete", "made", "mailed", "why not"), rows)


@app.command()
def save(
    to: Annotated[Path, typer.Argument(help="File to write: .pdf or .html.")],
    month: MonthOption = "",
    language: Annotated[str, typer.Option(help="Default: the first.")] = "",
) -> None:
    """Write a report that is kept to a file."""
    _media_type(to)
    _write(making.report_get(_month(month)), to, language)
    out.print(str(to), markup=False)


@app.command()
def mail(month: MonthOption = "") -> None:
    """Mail a report that is kept to reports.mail_to, again if it was."""
    refused = mailing.report_mail(making.report_get(_month(month)))
    note(f"mailed, but refused for {', '.join(refused)}" if refused else "mailed")


def _month(text: str) -> Month:
    return Month.written(text) if text else Month.now().before


def _media_type(to: Path | None) -> str:
    if to is None:
        return ""
    if to.suffix not in MEDIA_TYPES:
        raise Invalid(f"{to} ends in neither .pdf nor .html.")
    return MEDIA_TYPES[to.suffix]


def _write(report: MonthlyReport, to: Path, language: str) -> None:
    kept = list(dict.fromkeys(report.files.order_by("pk").values_list("language", flat=True)))
    if language and language not in kept:
        raise Invalid(f"This report is kept in {', '.join(kept)}. See reports.languages.")
    wanted = language or next(iter(kept), "")
    to.write_bytes(making.file_of(report, language=wanted, media_type=_media_type(to)))


def _facts(report: MonthlyReport) -> dict[str, Any]:
    return {
        "month": str(report),
        "state": report.state,
        "is_complete": report.is_final,
        "made_at": report.made_at.isoformat() if report.made_at else None,
        "mailed_at": report.mailed_at.isoformat() if report.mailed_at else None,
        "reason": report.message or report.mail_message,
    }


def _time(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "-"

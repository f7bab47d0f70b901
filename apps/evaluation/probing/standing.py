"""Before any search: whether the document may be read, is there, has text, and is in the index."""

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.evaluation.probing.steps import Fate, Stage, Step
from apps.knowledge import access
from apps.knowledge.models import Document, VersionState
from apps.knowledge.readers import explain_document
from apps.retrieval.searched import Searched
from ingest.models import Job, JobState


def rights_of(document: Document, asker: User) -> Step:
    """Whether the asker may read it, and by what."""
    reasons = ", ".join(explain_document(asker, document).reasons)
    if access.may_read(asker, document):
        return Step(Stage.RIGHTS, Fate.PASSED, reasons or _("The asker may read it."))
    return Step(
        Stage.RIGHTS,
        Fate.FELL,
        _("The asker may not read it.") + (f" {reasons}." if reasons else ""),
        _("Grant the collection or the document, or take a denial back."),
    )


def status_of(document: Document) -> Step:
    """Whether a version of it is searchable, else what became of its newest one."""
    if document.deleted_at or document.collection.deleted_at:
        return Step(
            Stage.STATUS, Fate.FELL, _("It was deleted."), _("Add it again if it was by mistake.")
        )
    current, latest = document.current_version, document.latest_version
    job = Job.objects.filter(version=latest).first() if latest else None
    if current is not None and current.state == VersionState.LIVE:
        newer = latest is not None and latest.pk != current.pk
        words = _("Version %(number)s is searchable.") % {"number": current.number}
        if newer and job is not None:
            words += " " + _("A newer one is not: %(state)s.") % {"state": _told(job)}
            return Step(Stage.STATUS, Fate.WEAK, words, _("See its job."))
        return Step(Stage.STATUS, Fate.PASSED, words)
    words = _told(job) if job else _("It has no searchable version.")
    is_failed = job is not None and job.state == JobState.FAILED
    remedy = _("Put right what the error says, then retry the job.")
    return Step(
        Stage.STATUS, Fate.FELL, words, remedy if is_failed else _("Wait for its job, or retry it.")
    )


def text_of(document: Document) -> Step:
    """Whether it has passages, and any of them may be found."""
    version = document.current_version
    if version is None:
        return Step(Stage.TEXT, Fate.FELL, _("It has no searchable version."))
    found = version.chunks.aggregate(all=Count("pk"), kept=Count("pk", filter=Q(is_excluded=False)))
    counts = {"kept": found["kept"], "all": found["all"]}
    if not found["all"]:
        return Step(
            Stage.TEXT,
            Fate.FELL,
            _("No text was found in it."),
            _("A scan without text, an empty file or a drawing: add a version with text."),
        )
    if not found["kept"]:
        return Step(
            Stage.TEXT,
            Fate.FELL,
            _("All of its passages are kept out of search by a curator."),
            _("Include them again on the document’s page."),
        )
    words = _("%(kept)s of %(all)s passages can be found.") % counts
    is_whole = counts["kept"] == counts["all"]
    return Step(Stage.TEXT, Fate.PASSED if is_whole else Fate.WEAK, words)


def index_of(document: Document, where: Searched) -> Step:
    """Whether this node's index is as far as the document."""
    version = document.current_version
    if where.snapshot is None:
        return Step(
            Stage.INDEX,
            Fate.FELL,
            _("There is no index on this node yet."),
            _("The indexer makes it; see: clawdbot index status"),
        )
    reached, needed = where.snapshot.manifest.change_seq, version.change_seq or 0 if version else 0
    if reached < needed:
        return Step(
            Stage.INDEX,
            Fate.FELL,
            _("The index is %(n)s changes behind it.") % {"n": needed - reached},
            _("Wait a moment; if it stays so, see: clawdbot index status, clawdbot index verify"),
        )
    return Step(
        Stage.INDEX,
        Fate.PASSED,
        _("It is in index generation %(n)s.") % {"n": where.snapshot.manifest.generation},
    )


def _told(job: Job) -> str:
    state = str(job.get_state_display())
    return f"{state}: {job.error_message}" if job.error_message else state

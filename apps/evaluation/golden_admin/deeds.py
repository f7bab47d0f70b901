"""What the buttons of a golden set do, each by what its form says; they return what to tell."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.digits import number_in
from apps.core.errors import Invalid
from apps.evaluation import run_queue
from apps.evaluation.drafting.drafts import Drafting, golden_questions_draft
from apps.evaluation.golden_sets import golden_set_update
from apps.evaluation.harvesting import golden_questions_harvest
from apps.evaluation.models import EvaluationRun, GoldenSet
from apps.evaluation.run_queue import Wanted

Deed = Callable[[GoldenSet, User, Mapping[str, str]], str]
DRAFT_S = 20.0


def run(found: GoldenSet, by: User, _form: Mapping[str, str]) -> str:
    """Ask it now."""
    run_queue.run_ask(found, Wanted(EvaluationRun.Cause.BUTTON, by))
    return _("It is being asked. This page shows how far it is.")


def draft(found: GoldenSet, by: User, form: Mapping[str, str]) -> str:
    """`count`: so many drafts from documents. Raises Invalid."""
    wanted = Drafting(wanted=number_in(form.get("count", "")) or 0, limit_s=DRAFT_S)
    told = golden_questions_draft(golden_set=found, by=by, wanted=wanted)
    return _("%(added)s drafts, out of %(tried)s questions that were tried.") % {
        "added": told.added,
        "tried": told.tried,
    }


def harvest(found: GoldenSet, by: User, _form: Mapping[str, str]) -> str:
    """Drafts from what was asked."""
    told = golden_questions_harvest(golden_set=found, by=by)
    return _(
        "%(feedback)s drafts from feedback, %(open)s from open questions; %(known)s were known."
    ) % {"feedback": told.feedback, "open": told.open_questions, "known": told.known}


def change(found: GoldenSet, by: User, form: Mapping[str, str]) -> str:
    """`name`, `is_watched`, `is_guard`, `max_loss` (points; empty: as installed).

    Raises Invalid.
    """
    values = {
        "name": form.get("name", "").strip()[:200] or found.name,
        "is_watched": "is_watched" in form,
        "is_guard": "is_guard" in form,
        "max_loss": _share(form.get("max_loss", "")),
    }
    golden_set_update(golden_set=found, by=by, values=values)
    return _("Saved.")


DEEDS: Mapping[str, Deed] = {"run": run, "draft": draft, "harvest": harvest, "settings": change}


def _share(text: str) -> float | None:
    """Points as a share; None for nothing. Raises Invalid."""
    if not text.strip():
        return None
    try:
        share = float(text.replace(",", ".")) / 100
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise Invalid(_("The loss allowed is a number of points from 0 to 100."))
    return share

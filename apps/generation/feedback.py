"""What users think of their answers."""

from dataclasses import asdict, dataclass
from uuid import UUID

from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core import metering
from apps.core.errors import Invalid, NotFound
from apps.generation.models import Asking, Feedback, Trace
from apps.generation.open_questions import asking_note, asking_take_back

MAX_CHARACTERS = 5000


@dataclass(frozen=True, slots=True)
class Opinion:
    """A verdict, and what is said with it."""

    verdict: str
    reason: str = ""
    comment: str = ""
    correct_answer: str = ""


def feedback_give(*, trace: UUID, by: User, opinion: Opinion) -> Feedback:
    """Store the user's verdict on an answer of their own; a later one replaces it.

    `down` puts the question on its curator's desk with the comment; a later `up` takes it away.
    Raises NotFound when the trace is not the user's, Invalid for an unknown verdict or reason, or
    overlong text.
    """
    _check(opinion)
    asked = Trace.objects.filter(uuid=trace, user=by).first()
    if asked is None:
        raise NotFound(gettext("There is no such answer of yours to give feedback on."))
    before = Feedback.objects.filter(trace=asked, user=by).values_list("verdict", flat=True).first()
    feedback, _ = Feedback.objects.update_or_create(trace=asked, user=by, defaults=asdict(opinion))
    if opinion.verdict != before:
        _meter(opinion.verdict, 1)
        _meter(before, -1)
    if opinion.verdict == Feedback.Verdict.DOWN:
        asking_note(trace=asked, kind=Asking.Kind.UNHELPFUL, note=opinion.comment)
    else:
        asking_take_back(trace=asked, kind=Asking.Kind.UNHELPFUL)
    return feedback


def _meter(verdict: str | None, more: int) -> None:
    metering.thumbs(
        up=more * (verdict == Feedback.Verdict.UP), down=more * (verdict == Feedback.Verdict.DOWN)
    )


def _check(opinion: Opinion) -> None:
    verdict, reason = opinion.verdict, opinion.reason
    if verdict not in Feedback.Verdict.values:
        raise Invalid(gettext("The verdict must be `up` or `down`."), details={"verdict": verdict})
    if reason and reason not in Feedback.Reason.values:
        raise Invalid(gettext("There is no such reason."), details={"reason": reason})
    comment, correct_answer = opinion.comment, opinion.correct_answer
    if max(len(comment), len(correct_answer)) > MAX_CHARACTERS:
        raise Invalid(
            gettext("Comment and correct answer may have %(most)s characters each.")
            % {"most": f"{MAX_CHARACTERS:,}"}
        )

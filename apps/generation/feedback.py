"""What users think of their answers."""

from uuid import UUID

from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core.errors import Invalid, NotFound
from apps.generation.models import Feedback, Trace

MAX_CHARACTERS = 5000


def feedback_give(
    *, trace: UUID, by: User, verdict: str, comment: str = "", correct_answer: str = ""
) -> Feedback:
    """Store the user's verdict on an answer of their own; a later one replaces it.

    Raises NotFound when the trace is not the user's, Invalid for an unknown verdict or overlong
    text.
    """
    if verdict not in Feedback.Verdict.values:
        raise Invalid(gettext("The verdict must be `up` or `down`."), details={"verdict": verdict})
    if max(len(comment), len(correct_answer)) > MAX_CHARACTERS:
        raise Invalid(
            gettext("Comment and correct answer may have %(most)s characters each.")
            % {"most": f"{MAX_CHARACTERS:,}"}
        )
    asked = Trace.objects.filter(uuid=trace, user=by).first()
    if asked is None:
        raise NotFound(gettext("There is no such answer of yours to give feedback on."))
    feedback, _ = Feedback.objects.update_or_create(
        trace=asked,
        user=by,
        defaults={"verdict": verdict, "comment": comment, "correct_answer": correct_answer},
    )
    return feedback

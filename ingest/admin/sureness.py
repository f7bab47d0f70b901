"""The slider for how sure an answer must be, with what each choice was measured to mean."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.widgets import Script
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from apps.core import config
from apps.core.errors import ClawdbotError
from apps.knowledge.models import Collection
from apps.knowledge.models.collections import Language
from apps.retrieval.protocols import Calibration
from apps.retrieval.reader import model_folder

Curve = Sequence[Sequence[float]]


class SurenessWidget(forms.Widget):
    """A slider from 0 to 1 and a box that leaves the choice to the installation."""

    template_name = "ingest/admin/sureness.html"
    languages: Sequence[str] = (Language.EN, Language.ZH)

    class Media:
        js = (Script("ingest/sureness.js", type="module"),)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With the figures of the reader at each choice, by language."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        known = calibrations()
        usual = [usual_threshold(known.get(one, Calibration())) for one in self.languages]
        own, words = _number(value), _words()
        figures = [
            {
                "language": str(Language(one).label),
                "least": least,
                "curve": known[one].curve,
                "told": told(words["means"], known[one].curve, least if own is None else own),
            }
            for one, least in zip(self.languages, usual, strict=True)
            if one in known and known[one].curve
        ]
        context["widget"] |= {"own": own, "shown": max(usual) if own is None else own}
        return {**context, "figures": figures, "words": words}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Nothing where the installation decides."""
        return None if data.get(f"{name}-usual") else data.get(name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Neither came: leave it as it is."""
        return name not in data and f"{name}-usual" not in data


class SurenessField(forms.FloatField):
    """A share, or None for the installation's setting."""

    widget = SurenessWidget

    def __init__(self) -> None:
        super().__init__(
            label=_("How sure an answer must be"),
            required=False,
            min_value=0.0,
            max_value=1.0,
            help_text=_(
                "Each answer has a confidence. Below what you choose here, people are told that "
                "nothing was found, and see the passages that come closest. Further right there "
                "are fewer wrong answers, and fewer answers. Where an answer cites several "
                "collections, the strictest of them counts."
            ),
        )

    def show(self, collection: Collection) -> None:
        """The figures of the collection's language; of all where it has none of its own."""
        language = collection.language
        if language != Language.AUTO:
            self.widget.languages = (language,)


def calibrations() -> Mapping[str, Calibration]:
    """What was measured of the reader, by language; nothing where there is none."""
    try:
        return model_folder.describe(config.load().reader_dir).calibration
    except ClawdbotError:
        return {}


def usual_threshold(calibration: Calibration) -> float:
    """What the installation asks for."""
    configured = config.load().answers.min_confidence
    return calibration.threshold if configured is None else configured


def told(words: str, curve: Curve, threshold: float) -> str:
    """What the row of the curve with the nearest threshold says, in hundredths."""
    _threshold, *shares = min(curve, key=lambda row: abs(row[0] - threshold))
    answered, wrong, refused = (round(100 * share) for share in shares)
    return words.format(answered=answered, wrong=wrong, refused=refused)


def _number(value: Any) -> float | None:
    try:
        return min(1.0, max(0.0, float(value)))
    except (TypeError, ValueError):
        return None


def _words() -> Mapping[str, str]:
    """What the script writes; `{answered}` and the like are filled in there."""
    return {
        "means": gettext(
            "answers {answered} of 100 questions that the documents answer; {wrong} of 100 "
            "answers are wrong; of 100 questions that they do not answer {refused} are refused."
        ),
        "colon": pgettext("between a language and what is said of it", ": "),
    }

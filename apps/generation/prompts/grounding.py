"""The messages that ask a language model for an answer out of passages."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.generation.prompts import rules
from apps.generation.prompts.escaping import as_attribute, as_data
from apps.generation.protocols import Exchange, Prompt
from apps.generation.upstream import Message
from apps.generation.wording import language_of
from apps.retrieval.protocols import Hit

_MOST_HISTORY, _MOST_SAID = 3, 600  # exchanges, characters of each question and answer
_MOST_TERMS = 8


@dataclass(frozen=True, slots=True)
class Given:
    """What a model is given of a passage: `hit.text[start:end]`."""

    hit: Hit
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.hit.text[self.start : self.end]


def in_order(given: Sequence[Given]) -> list[Given]:
    """As they are numbered: by document and place, whatever their rank, so that the same passages
    begin a prompt with the same tokens, which a server has computed already."""
    return sorted(given, key=lambda one: (str(one.hit.version), one.hit.start, one.start))


def messages(prompt: Prompt, given: Sequence[Given], history: Sequence[Exchange]) -> list[Message]:
    """The chat: rules, earlier exchanges, then `given` (numbered from 1, in this order) as data and
    the question. What stays the same from question to question comes first."""
    said = [
        message
        for exchange in history[-_MOST_HISTORY:]
        for message in (
            {"role": "user", "content": as_data(exchange.question[:_MOST_SAID])},
            {"role": "assistant", "content": as_data(exchange.answer[:_MOST_SAID])},
        )
    ]
    return [
        {"role": "system", "content": _system(prompt)},
        *said,
        {"role": "user", "content": _asked(prompt, given, has_history=bool(said))},
    ]


def _system(prompt: Prompt) -> str:
    own = prompt.profile.prompt.get(prompt.language, "") if prompt.profile else ""
    return "\n\n".join(filter(None, (own.strip(), rules.RULES[prompt.language])))


def _asked(prompt: Prompt, given: Sequence[Given], *, has_history: bool) -> str:
    language = prompt.language
    question = (prompt.asked if has_history else "") or prompt.question
    blocks = [passage(n, one) for n, one in enumerate(given, start=1)]
    parts = [rules.PASSAGES[language], *blocks]
    if terms := _terms(prompt):
        parts += [rules.TERMS[language], terms]
    parts += [
        rules.QUESTION[language],
        f"<question>{as_data(question)}</question>",
        rules.REMINDER[language_of(prompt.asked or prompt.question)],
    ]
    return "\n".join(parts)


def passage(n: int, given: Given) -> str:
    """One passage between its delimiters, with where it stands; columns of a table are named."""
    hit = given.hit
    source = " > ".join(filter(None, (hit.title, hit.heading)))
    columns = [line for line in hit.context.splitlines() if line.count("|") >= 2]
    text = "\n".join([*columns, given.text])
    return f'<passage n="{n}" source="{as_attribute(source)}">\n{as_data(text)}\n</passage>'


def _terms(prompt: Prompt) -> str:
    if prompt.profile is None:
        return ""
    found = prompt.profile.glossary.terms_in(prompt.question, limit=_MOST_TERMS)
    lines = [f"- {as_attribute(term.line)}" for term in found]
    return "\n".join(["<terms>", *lines, "</terms>"]) if lines else ""

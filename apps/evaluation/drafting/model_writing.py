"""Questions that a language model of ours writes for a passage."""

import re
from collections.abc import Iterator

from apps.core.errors import ClawdbotError
from apps.generation.upstream import ChatOptions, ChatPiece, Target, chat, target_for, usual_model

Pair = tuple[str, str]  # question, answer

_TOLD = (
    "You write test questions for a search engine. Read the passage and write ONE question that it "
    "answers completely, in the language of the passage, as a colleague would ask who has not seen "
    "it: name what it is about, never say “the passage” or “the document”. The answer is a few "
    "words copied from the passage. Reply with two lines only:\nQ: the question\nA: the answer"
)
_SAID = re.compile(r"^\s*Q:\s*(?P<q>.+?)\s*^\s*A:\s*(?P<a>.+?)\s*$", re.DOTALL | re.MULTILINE)
_OPTIONS = ChatOptions(
    temperature=0.0,
    max_tokens=200,
    seed=1,
    extra={"chat_template_kwargs": {"enable_thinking": False}},
    timeout_s=60.0,
)


def writer() -> Target | None:
    """The language model in the house that writes; None where there is none, or none answers.
    A remote engine is never asked: passages would leave."""
    model = usual_model()
    if not model:
        return None
    try:
        target = target_for(model)
    except ClawdbotError:
        return None
    return None if target.is_remote else target


def pairs_of(target: Target, text: str, context: str) -> Iterator[Pair]:
    """At most one question whose answer stands in the passage. Raises what `chat` raises."""
    passage = f"{context}\n{text}" if context else text
    messages = [
        {"role": "system", "content": _TOLD},
        {"role": "user", "content": f"Passage:\n{passage}"},
    ]
    said = "".join(
        event.text for event in chat(target, messages, _OPTIONS) if isinstance(event, ChatPiece)
    )
    found = _SAID.search(said)
    if found and found["a"] in text:
        yield found["q"], found["a"]

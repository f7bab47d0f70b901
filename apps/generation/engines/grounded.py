"""The engine that lets a language model write, from passages alone: ours or a remote one."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain

from django.utils.translation import gettext as _

from apps.core.errors import Invalid, Overloaded
from apps.generation import upstream
from apps.generation.calibration import calibration_of, needed_confidence
from apps.generation.checking.claims import claims_of
from apps.generation.checking.sentences import nearest_span, sentences_of, share_supported
from apps.generation.engines.telling import Telling
from apps.generation.engines.weighing import weigh
from apps.generation.prompts.fitting import Fitted, estimate, fit
from apps.generation.prompts.grounding import Given
from apps.generation.protocols import Draft, Evidence, Exchange, Prompt, Waiting
from apps.generation.reading.queries import prepare
from apps.generation.upstream import ChatDone, ChatEvent, ChatOptions, ChatQueued, Target, Usage
from apps.generation.upstream.failures import CONTEXT_EXCEEDED

USUAL_TOKENS = 512
_REFITS = 3  # of a prompt that the server finds too long
_CUT_BELOW = 0.4  # of the least tokens that a prompt can have: the server read a part of it
_CHARACTERS_A_TOKEN = 8
_MOST_BEYOND = 16  # pieces after the marker of refusal: the counts come behind the last one


class GroundedEngine:
    """Asks a language model, checks what it says, shows nothing that the passages do not hold up.

    One for each question. `patience_s`: the longest announced wait in the server's queue; a longer
    one raises Overloaded.
    """

    def __init__(
        self, name: str, find: Callable[[], Target], *, patience_s: float | None = None
    ) -> None:
        self._name, self._find, self._patience_s = name, find, patience_s
        self._target: Target | None = None

    @property
    def name(self) -> str:
        """`local:<model>` or `remote:<host>`."""
        return self._name

    @property
    def model_sha256(self) -> str:
        """Of the weights, once it wrote; empty where that is not known."""
        return self._target.sha256 if self._target else ""

    def warm_up(self) -> None:
        """Nothing: the server loads the model."""

    def write(self, prompt: Prompt) -> Iterator[str | Waiting | Draft]:
        """The model's answer from its first sentence on that the passages hold up."""
        confidence, needed, prompt = _weighed(prompt)
        if not prompt.passages or confidence < needed:
            yield Draft("", is_answered=False, confidence=confidence, needed=needed)
            return
        target = self._target = self._find()
        fitted, events = _opened(target, prompt)
        telling = Telling([one.text for one in fitted.given])
        done, beyond = ChatDone(""), 0
        with closing(events):
            for event in events:
                if isinstance(event, ChatQueued):
                    yield self._waiting(event)
                elif isinstance(event, ChatDone):
                    done = event
                elif out := telling.add(event.text):
                    yield out
                beyond += telling.is_over
                if beyond > _MOST_BEYOND:
                    break
        for out in filter(None, (telling.end(), telling.marked())):
            yield out
        draft = _draft(telling, fitted.given, confidence, needed)
        yield replace(draft, usage=_usage(done), degraded=_notes(fitted, done))

    def _waiting(self, queued: ChatQueued) -> Waiting:
        if self._patience_s is not None and queued.wait_s > self._patience_s:
            raise Overloaded(
                _("The language model has too long a queue just now."),
                retry_after_s=max(1, round(queued.wait_s)),
            )
        return Waiting(queued.position, queued.wait_s)


def _weighed(prompt: Prompt) -> tuple[float, float, Prompt]:
    """How sure the passages are, how sure they must be, and the prompt without passages of
    collections that ask for more."""
    calibration = calibration_of(prompt.question)
    __, confidence = weigh(prepare(prompt.question), prompt, calibration)
    needed = [needed_confidence(prompt, [hit], calibration) for hit in prompt.passages]
    kept = [hit for hit, least in zip(prompt.passages, needed, strict=True) if confidence >= least]
    return confidence, min(needed, default=0.0), replace(prompt, passages=kept)


def _opened(target: Target, prompt: Prompt) -> tuple[Fitted, Generator[ChatEvent, None, None]]:
    """The accepted prompt and the events of its answer, which must be closed.

    A remote engine is asked in the asker's own words: the others may be of an earlier turn.
    """
    if target.is_remote:
        prompt = replace(prompt, question=prompt.asked or prompt.question)
    history, options = (
        _history(target, prompt),
        _options(prompt, target.context, is_remote=target.is_remote),
    )
    room = _room(target.context, options) if target.context else None
    fitted = fit(prompt, history, room, count=lambda text: upstream.count_tokens(target, text))
    for _attempt in range(_REFITS):
        events = upstream.chat(target, fitted.messages, options)
        try:
            return fitted, _from(next(events), events)
        except Invalid as error:
            if error.code != CONTEXT_EXCEEDED:
                raise
            counted = error.details.get("n_prompt_tokens") or 2 * estimate(_text(fitted))
            context = int(error.details.get("n_ctx") or counted / 2)
            scale = counted / max(1.0, estimate(_text(fitted)))
            options = _options(prompt, context, is_remote=target.is_remote)
            fitted = fit(prompt, history, _room(context, options), scale=scale)
    events = upstream.chat(target, fitted.messages, options)
    return fitted, _from(next(events), events)


def _options(prompt: Prompt, context: int, *, is_remote: bool) -> ChatOptions:
    """An answer takes a quarter of the context at most (0: not known). Our servers' models are told
    not to think aloud; a remote engine may not know the word."""
    most = prompt.profile.max_tokens if prompt.profile else USUAL_TOKENS
    if context:
        most = max(1, min(most, context // 4))
    extra = {} if is_remote else {"chat_template_kwargs": {"enable_thinking": False}}
    return ChatOptions(temperature=prompt.temperature, max_tokens=most, extra=extra)


def _room(context: int, options: ChatOptions) -> float:
    """Tokens of the prompt."""
    return context - (options.max_tokens or 0)


def _from(
    first: ChatEvent, events: Generator[ChatEvent, None, None]
) -> Generator[ChatEvent, None, None]:
    with closing(events):
        yield from chain([first], events)


def _history(target: Target, prompt: Prompt) -> Sequence[Exchange]:
    """What the question leans on; nothing of what may not leave goes to a remote engine."""
    return [one for one in prompt.recall() if one.may_leave or not target.is_remote]


def _draft(telling: Telling, given: Sequence[Given], confidence: float, needed: float) -> Draft:
    if not telling.text:
        return Draft("", is_answered=False, confidence=confidence, needed=needed)
    sources = [given[n].text for n in telling.cited]
    said = sentences_of(telling.text, sources)
    return Draft(
        text=telling.text,
        is_answered=True,
        confidence=confidence * (1 + share_supported(said)) / 2,
        evidence=tuple(
            _evidence(given[n], _said_of(telling.text, number))
            for number, n in enumerate(telling.cited, start=1)
        ),
        needed=needed,
        is_grounded=True,
    )


def _said_of(text: str, number: int) -> list[str]:
    return [claim.said for claim in claims_of(text) if number in claim.numbers]


def _evidence(given: Given, said: Sequence[str]) -> Evidence:
    start, end = nearest_span(given.text, said)
    return Evidence(given.hit, given.start + start, given.start + end, given=given.text)


def _usage(done: ChatDone) -> dict[str, int]:
    """Empty where the server counted nothing."""
    usage = done.usage
    if usage == Usage():
        return {}
    return {
        "prompt_tokens": usage.prompt_tokens,
        "cached_tokens": usage.cached_tokens,
        "completion_tokens": usage.completion_tokens,
    }


def _notes(fitted: Fitted, done: ChatDone) -> tuple[str, ...]:
    """What went less well than it should."""
    notes = []
    if done.finish_reason == "length":
        notes.append("engine: the answer reached the most tokens it may have, and ends there")
    least = len(_text(fitted)) / _CHARACTERS_A_TOKEN
    if 0 < done.usage.prompt_tokens < _CUT_BELOW * least:
        notes.append("engine: it read only a part of the passages; its context is too small")
    return tuple(notes)


def _text(fitted: Fitted) -> str:
    return "\n".join(str(message["content"]) for message in fitted.messages)

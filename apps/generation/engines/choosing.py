"""Which engine answers a question, and who steps in for one that does not."""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass

from apps.core import cancellation, config
from apps.core.errors import ClawdbotError, Invalid, NotFound, Overloaded, Retryable
from apps.generation.engines.builtin import BuiltinEngine
from apps.generation.engines.grounded import GroundedEngine
from apps.generation.prompts.fitting import TOO_LONG
from apps.generation.protocols import Draft, Engine, Prompt, Waiting
from apps.generation.upstream import remote_target, target_for, usual_model
from apps.generation.upstream.failures import LOST

AUTO, BUILTIN, LOCAL, REMOTE, HYBRID = "auto", "builtin", "local", "remote", "hybrid"


@dataclass(frozen=True, slots=True)
class Written:
    """A draft and who wrote it. `degraded`: the engines that should have, and why they did not."""

    draft: Draft
    engine: str
    model_sha256: str
    degraded: tuple[str, ...] = ()


def write(prompt: Prompt) -> Generator[str | Waiting, None, Written]:
    """The pieces of the answer, written by the first engine that can.

    An engine that fails before its first piece is followed by the next one; the built-in reader is
    the last. Raises Retryable `engine_lost` when one fails after it, Invalid (`question_too_long`).
    """
    notes: list[str] = []
    for engine in engines_for(prompt):
        is_begun = False
        try:
            with closing(_items(engine, prompt)) as items:
                for item in items:
                    if isinstance(item, Draft):
                        degraded = (*notes, *item.degraded)
                        return Written(item, engine.name, engine.model_sha256, degraded)
                    is_begun = is_begun or isinstance(item, str)
                    yield item
        except (Retryable, Overloaded, NotFound, Invalid) as error:
            if error.code == TOO_LONG:
                raise
            if is_begun or _nobody_listens():
                raise Retryable(error.message, code=LOST) from error
            if isinstance(engine, BuiltinEngine):
                raise
            notes.append(_note(engine, error))
    raise AssertionError("the built-in engine is the last")


def engines_for(prompt: Prompt) -> Iterator[Engine]:
    """Who may answer it, in turn. A remote engine only where all that it would be sent may leave.

    Costs nothing while the built-in engine is chosen, one query at most where no model is named.
    """
    kind = _kind(prompt)
    remote = _remote() if kind in (REMOTE, HYBRID) and prompt.may_leave else None
    if remote and kind == REMOTE:
        yield remote
    if kind != BUILTIN:
        model = (prompt.profile.model if prompt.profile else "") or usual_model()
        if model or kind == LOCAL or config.load().serving.servers:  # one ought to be there
            yield _local(model, config.load().engines.max_wait_s if remote else None)
    if remote and kind == HYBRID:
        yield remote
    yield BuiltinEngine()


def _kind(prompt: Prompt) -> str:
    own = prompt.profile.engine if prompt.profile else AUTO
    return config.load().engines.default if own == AUTO else own


def _local(model: str, patience_s: float | None) -> Engine:
    name = f"local:{model}" if model else LOCAL
    return GroundedEngine(name, lambda: target_for(model), patience_s=patience_s)


def _remote() -> Engine | None:
    target = remote_target()
    return GroundedEngine(f"remote:{target.host}", lambda: target) if target else None


def _items(engine: Engine, prompt: Prompt) -> Generator[str | Waiting | Draft, None, None]:
    yield from engine.write(prompt)


def _note(engine: Engine, error: ClawdbotError) -> str:
    return f"engine: {engine.name} did not answer ({error.code})"


def _nobody_listens() -> bool:
    current = cancellation.current.get()
    return current is not None and current.is_cancelled

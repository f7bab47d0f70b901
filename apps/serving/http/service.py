"""The state of a model server: loading, serving, stopping."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from apps.serving.http.errors import ApiError, from_refusal, stopping
from apps.serving.http.figures import Figures
from apps.serving.http.runs import Run
from apps.serving.plan import Plan
from apps.serving.prompting.conversation import Prompter
from apps.serving.prompting.rendering import Renderer, TemplateBroken, TemplateRefuses
from apps.serving.prompting.templates import ChatTemplate
from apps.serving.protocols import Batcher, ContextTooLong, QueueFull, Request, ServerStatus

Result = TypeVar("Result")
GRACE_S = 3.0  # for answers under way when the server is told to stop


class State(StrEnum):
    """What /healthz says."""

    LOADING = "loading"
    OK = "ok"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model that can be asked."""

    batcher: Batcher
    prompter: Prompter


class Service:
    """One model server. Its endpoints run in the event loop, `load` in a thread."""

    def __init__(self, plan: Plan, *, key: str = "", measures: tuple[str, ...] = ()) -> None:
        """`key`: what clients must show; empty: nothing. `measures`: how it is confined."""
        self.plan, self.key, self.measures = plan, key, measures
        self.state = State.LOADING
        self.figures = Figures(self.status)
        self._renderer = Renderer()
        self._loaded: Loaded | None = None
        self._runs: set[Run] = set()

    def load(self, open_batcher: Callable[[Plan], Batcher]) -> None:
        """Load the model; takes as long as it takes. Raises ModelUnusable."""
        batcher = open_batcher(self.plan)
        template = ChatTemplate(batcher.chat_template, batcher.special_texts, self._renderer)
        self._loaded = Loaded(batcher, Prompter(batcher, template))
        if self.state == State.LOADING:
            self.state = State.OK

    def loaded(self, name: str = "") -> Loaded:
        """The model. Raises ApiError: 503 not yet or no more, 404 `name` is another one."""
        if self.state == State.STOPPING:
            raise stopping()
        if self._loaded is None:
            refusal = ApiError(503, "The model is being loaded. Try again.", code="model_loading")
            raise refusal.with_header("Retry-After", "5")
        if name not in ("", self.plan.name):
            text = f"The model `{name}` is not here; this server has `{self.plan.name}`."
            raise ApiError(404, text, code="model_not_found", param="model")
        return self._loaded

    def status(self) -> ServerStatus | None:
        """The batcher's figures; None while it is loaded."""
        return self._loaded.batcher.status() if self._loaded else None

    def health(self) -> dict[str, Any]:
        """What /healthz answers."""
        about = {
            "status": self.state, "model": self.plan.name,
            "context": self.plan.context, "parallel": self.plan.parallel,
        }  # fmt: skip
        if self._loaded and (status := self.status()):
            about |= {
                "context": status.context, "parallel": status.parallel,
                "running": status.running, "waiting": status.waiting,
                "chat_template": str(self._loaded.prompter.template.habits),
            }  # fmt: skip
        return about | {"extra_buffers": self.plan.extra_buffers, "isolation": self.measures}

    async def run(self, model: Loaded, request: Callable[[], Request]) -> Run:
        """Take a request on; `request` makes it in a thread. Raises ApiError."""
        run = Run(self.figures)
        await in_thread(lambda: run.submit(model.batcher, request()))
        self._runs.add(run)
        if self.state == State.STOPPING:
            run.stop()
        return run

    def ended(self, run: Run) -> None:
        """The run's client got its answer, or left."""
        self._runs.discard(run)
        run.cancel()

    def stop(self) -> None:
        """Take nothing more; end what waits now, what runs after GRACE_S."""
        self.state = State.STOPPING
        for run in list(self._runs):
            if run.is_waiting:
                run.stop()
        asyncio.get_running_loop().call_later(GRACE_S, self._stop_runs)

    def close(self) -> None:
        """Free the model."""
        if self._loaded:
            self._loaded.batcher.close()
        self._renderer.close()

    def _stop_runs(self) -> None:
        for run in list(self._runs):
            run.stop()


async def in_thread(work: Callable[[], Result]) -> Result:
    """Run what takes milliseconds beside the event loop. Raises ApiError for its refusals."""
    try:
        return await asyncio.to_thread(work)
    except (ContextTooLong, QueueFull, TemplateRefuses, TemplateBroken, ValueError) as error:
        raise from_refusal(error) from error

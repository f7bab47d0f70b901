"""Changing the embedding model, with its progress: what `index switch` and `up` do."""

import time

from apps.retrieval import model_switch
from clawdbot_site.cli.console import duration, note
from clawdbot_site.cli.progress import progress_line


def switch_model() -> int | None:
    """Embed again what another model embedded; returns how many passages, None: nothing to do."""
    if not model_switch.is_due():
        return None
    note("the embedding model changed: every passage is embedded again")
    began = 0.0
    with progress_line("loading the model") as show:

        def report(done: int, total: int) -> None:
            nonlocal began
            if not done:
                began = time.monotonic()
                show(f"embedding {total} passages again; cut short, it goes on from there")
                return
            left = (time.monotonic() - began) / done * (total - done)
            show(f"{done} of {total} passages embedded again, about {duration(left)} left")

        count = model_switch.switch(report)
    note(f"passages embedded again: {count}")
    return count

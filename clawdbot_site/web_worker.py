"""Gunicorn's worker of threads, with a door that shuts when it is told to stop."""

from gunicorn.workers.gthread import ThreadWorker


class WebWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn 27 leaves the socket open until its last answer has ended, and accepts nobody: who
    comes meanwhile hangs, and is cut off then. Refused at once, a balancer asks another node.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        """Called by the loop of the worker, with False when it ends, too."""
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            self._take_in(listener)
            listener.close()

    def _take_in(self, listener: object) -> None:
        """Those who came before the door was shut are answered."""
        before = -1
        while before != self.nr_conns:
            before = self.nr_conns
            self.accept(listener)

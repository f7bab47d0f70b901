"""Runs a model server in this process, until it is told to stop."""

import logging
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType

import uvicorn

from apps.serving.batching import open_batcher
from apps.serving.errors import ModelUnusable
from apps.serving.http.application import application
from apps.serving.http.service import GRACE_S, Service

_log = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    """Tells the service of the end, and ends with status 0 when it was asked to."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM or SIGINT; further ones change nothing."""
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Refuse connections also where another process still holds the socket."""
        for listening in sockets or []:
            listening.shutdown(socket.SHUT_RD)
        self._service.stop()
        await super().shutdown(sockets)


def serve(service: Service, listening: socket.socket, is_ready: Callable[[], None]) -> int:
    """Answer on `listening` while the model is loaded and after; 0, or 1: it cannot be loaded."""
    config = uvicorn.Config(
        application(service), log_config=None, access_log=False, lifespan="off", ws="none",
        timeout_graceful_shutdown=int(GRACE_S) + 3, server_header=False, timeout_keep_alive=60,
    )  # fmt: skip
    server = _Server(config, service)
    failures: list[str] = []
    threading.Thread(
        target=_load, args=(service, server, is_ready, failures), name="load", daemon=True
    ).start()
    server.run(sockets=[listening])
    if failures:
        print(f"clawdbot: {failures[0]}", file=sys.stderr, flush=True)  # noqa: T201
        return 1
    return 0


def _load(
    service: Service, server: uvicorn.Server, is_ready: Callable[[], None], failures: list[str]
) -> None:
    """The boundary of loading: whatever fails ends the process with one line."""
    try:
        service.load(open_batcher)
    except ModelUnusable as error:
        failures.append(f"the model {service.plan.name} cannot be served: {error}")
    except Exception:  # noqa: BLE001
        _log.exception("loading failed")
        failures.append(f"the model {service.plan.name} cannot be loaded; the log says why")
    else:
        is_ready()
        print(f"clawdbot: {service.plan.name} is ready", flush=True)  # noqa: T201
        return
    server.should_exit = True

"""Gunicorn's settings (`-c python:clawdbot_site.gunicorn_conf`), from the one configuration."""

import os
import signal
import threading
from functools import partial
from typing import Any

from apps.core import draining, logs, request_ids
from apps.core.at_work import requests
from apps.core.config import load  # a name that is no setting of gunicorn's
from clawdbot_site.supervision import web_address, web_count
from clawdbot_site.web_worker import BODY_S, listen_for

_config = load()
_service = _config.service
_host = f"[{_service.host}]" if ":" in _service.host else _service.host

logs.begin("web")
bind = [f"{_host}:{_service.port}"]
worker_class = "clawdbot_site.web_worker.WebWorker"  # threads
workers = _service.web_workers
threads = _service.web_threads
# Not preloaded: ONNX sessions and their threads do not survive a fork. The index pages are shared
# all the same, they are memory-mapped files.
preload_app = False
max_requests = 0  # a restarted worker would load its models again
# The main thread of a worker beats while its threads answer, so a long stream is not cut.
timeout = 120
graceful_timeout = _config.node.grace_s
keepalive = 5
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
control_socket_disable = True
# Gunicorn believes a SCRIPT_NAME from 127.0.0.1, also one that a proxy there passes on.
forwarder_headers = ""
logger_class = "clawdbot_site.web_log.WebLog"
accesslog = "-"
access_log_format = request_ids.ACCESS_FORMAT
errorlog = "-"
loglevel = _config.log.level.lower()
proc_name = "clawdbot-web"


def when_ready(server: Any) -> None:
    """Told to stop, the master first has balancers learn of it."""
    web_address.note(_config)
    server.handle_term = partial(_drain, server)


def nworkers_changed(server: Any, new_value: int, old_value: int | None) -> None:
    """At the start, and with each signal that asks for one more or one less."""
    web_count.note(_config, new_value)


def post_worker_init(worker: Any) -> None:
    """The process is there, and says so to the others."""
    from apps.api.readiness import observed  # needs Django
    from apps.core import node_report  # needs Django

    node_report.start("web", observed)


def pre_request(worker: Any, request: Any) -> None:
    """Connections that balancers keep are given up before the end, or requests would meet it."""
    requests.begin()
    listen_for(request.unreader.sock, BODY_S)
    if draining.is_draining():
        request.force_close()


def post_request(worker: Any, request: Any, environ: Any, response: Any) -> None:
    """Called however it ended."""
    requests.end()


def _drain(server: Any) -> None:
    """SIGTERM: /readyz says no from now on; the end follows by a second SIGTERM, or at once.

    At once where no balancer asks /readyz, and when somebody is in a hurry and sends the second.
    """
    is_hurried, wait_s = draining.is_draining(), _config.node.drain_s
    draining.begin()
    if is_hurried or not wait_s or not draining.is_polled():
        type(server).handle_term(server)
    server.log.info("Draining for %s seconds", wait_s)
    again = threading.Timer(wait_s, os.kill, (os.getpid(), signal.SIGTERM))
    again.daemon = True
    again.start()

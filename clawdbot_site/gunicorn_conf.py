"""Gunicorn's settings (`-c python:clawdbot_site.gunicorn_conf`), from the one configuration."""

import os

from apps.core.config import load  # a name that is no setting of gunicorn's

_config = load()
_service = _config.service
_host = f"[{_service.host}]" if ":" in _service.host else _service.host

bind = [f"{_host}:{_service.port}"]
worker_class = "gthread"
workers = _service.web_workers
threads = _service.web_threads
# Not preloaded: ONNX sessions and their threads do not survive a fork. The index pages are shared
# all the same, they are memory-mapped files.
preload_app = False
max_requests = 0  # a restarted worker would load its models again
# The main thread of a worker beats while its threads answer, so a long stream is not cut.
timeout = 120
graceful_timeout = 10
keepalive = 5
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
control_socket_disable = True
accesslog = "-"
errorlog = "-"
loglevel = _config.log.level.lower()
proc_name = "clawdbot-web"

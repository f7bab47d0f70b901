"""Gunicorn's own log, in the form that the configuration asks for."""

import logging
import sys
from typing import Any

from gunicorn.glogging import Logger

from apps.core import config, logs, request_ids


class WebLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's lines as they are; with `log.format: json` an object a line, of requests too."""

    def setup(self, cfg: Any) -> None:
        """Called when gunicorn starts and when it reads its configuration again."""
        super().setup(cfg)
        self._is_json = config.load().log.format == "json"
        if self._is_json:
            for handler in (*self.error_log.handlers, *self.access_log.handlers):
                handler.setFormatter(logs.JsonLines("web"))

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """A bug. A client that fell silent (clawdbot_site.web_worker) is none."""
        if isinstance(sys.exc_info()[1], BlockingIOError):
            self.debug("Closing a connection: its client fell silent.")
            return
        super().exception(msg, *args, **kwargs)

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        """A request was answered. Queries are not told: they hold what people look for."""
        if not self._is_json:
            super().access(resp, req, environ, request_time)
            return
        atoms = self.atoms(resp, req, environ, request_time)
        more = {
            "request_id": atoms.get(f"{{{request_ids.HEADER.lower()}}}o", ""),
            "client": atoms["h"],
            "method": atoms["m"],
            "path": atoms["U"],
            "status": int(str(atoms["s"]) or 0),
            "bytes": atoms["B"] or 0,
            "seconds": float(atoms["L"]),
            "agent": atoms["a"],
        }
        message = f"{more['method']} {more['path']} {more['status']}"
        self.access_log.log(logging.INFO, "%s", message, extra={logs.MORE: more})

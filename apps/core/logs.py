"""This process's log: lines for people, or (log.format) JSON for programs that collect logs."""

import json
import logging
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from apps.core import config, request_ids
from apps.core.nodes import node_name

MORE = "more"  # attribute of a record: what a line of JSON tells beside the rest


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, node, process, pid, and where
    there are any request_id, trace_id, exception."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._standing = {"node": node_name(), "process": process}

    def format(self, record: logging.LogRecord) -> str:
        """The line. What is no JSON is written as text."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **self._standing,
            "pid": os.getpid(),
        }
        request_id, trace_id = request_ids.current(), request_ids.trace()[0]
        if request_id:
            told |= {"request_id": request_id, "trace_id": trace_id}
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        more = getattr(record, MORE, None)
        if isinstance(more, Mapping):
            told |= more
        return json.dumps(told, ensure_ascii=False, default=str)


def begin(process: str) -> None:
    """Write this process's log to stderr as the configuration says. Once, when it starts."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(process))
    handler.addFilter(request_ids.with_ids)
    logging.basicConfig(level=config.load().log.level, handlers=[handler])
    logging.captureWarnings(True)


def formatter(process: str) -> logging.Formatter:
    """What makes its lines."""
    is_json = config.load().log.format == "json"
    return JsonLines(process) if is_json else logging.Formatter(request_ids.LOG_FORMAT)

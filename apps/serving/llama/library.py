"""llama.cpp as a library: started once, its messages go to our log."""

import ctypes
import functools
import logging

import llama_cpp

log = logging.getLogger(__name__)

# ggml_log_level: 1 debug, 2 info, 3 warning, 4 error, 5 continues the line before
_LEVELS = {1: logging.DEBUG, 2: logging.DEBUG, 3: logging.INFO, 4: logging.WARNING}


@llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]
def _write(level: int, text: bytes, _user_data: ctypes.c_void_p) -> None:
    line = text.decode("utf-8", "replace").strip()
    if line:
        log.log(_LEVELS.get(level, logging.DEBUG), "llama.cpp: %s", line)


@functools.cache
def start() -> None:
    """Make llama.cpp ready. Once for a process, however often it is called."""
    llama_cpp.llama_log_set(_write, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()

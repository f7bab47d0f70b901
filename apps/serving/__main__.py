"""A model server: `python -m apps.serving --plan FILE [--host H] [--port N] [--key-file FILE]`.

With `--file MODEL.gguf --name NAME` it makes the plan itself, as a container does.
"""

import argparse
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from apps.serving.errors import ModelUnusable
from apps.serving.launching import run_guarded, stop_with_parent
from apps.serving.plan import Plan


def main() -> int:
    """Serve until SIGTERM. 0: told to stop; 1: the model or the port cannot be used."""
    options = _options()
    try:
        plan = _plan(options)
        key = options.key_file.read_text(encoding="utf-8").strip() if options.key_file else ""
        listening = _bound(options.host, options.port)
    except (OSError, ValueError, ModelUnusable) as error:
        return _refuse(str(error))
    if options.key_file and not key:
        return _refuse(f"{options.key_file} is empty")
    stop_with_parent(signal.SIGTERM)
    confined = not options.unconfined
    return run_guarded(plan, lambda plan, ready: _serve(plan, key, listening, confined, ready))


def _serve(
    plan: Plan, key: str, listening: socket.socket, is_confined: bool, is_ready: Callable[[], None]
) -> int:
    from apps.serving.http.process import serve
    from apps.serving.http.service import Service
    from apps.serving.isolation.confinement import confine

    host, port = listening.getsockname()[:2]
    measures: tuple[str, ...] = ("NOT confined: --unconfined was given",)
    if is_confined:
        measures = confine(plan, port=port)
    for line in (*_described(plan, host, port), *measures):
        _say(line)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    status = serve(Service(plan, key=key, measures=measures), listening, is_ready)
    sys.stdout.flush()
    os._exit(status)  # a thread in the midst of loading cannot be waited for


def _plan(options: argparse.Namespace) -> Plan:
    if options.plan:
        return Plan.from_json(options.plan.read_text(encoding="utf-8"))
    from apps.serving.own_plan import own_plan  # reads the configuration, which plans come without

    return own_plan(options.name or options.file.stem, options.file)


def _described(plan: Plan, host: str, port: int) -> list[str]:
    return [
        f"{plan.name} on http://{host}:{port} ({plan.path})",
        f"{plan.threads} threads to write, {plan.batch_threads} to read, "
        f"{plan.gpu_layers} layers on the GPU",
        f"{plan.parallel} sequences of {plan.context} tokens, {plan.batch} tokens a step, "
        f"{plan.queue} may wait",
        f"{plan.memory_bytes / 1e9:.2f} GB of memory expected",
        *plan.reasons,
    ]


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise OSError(f"port {port} of {host} cannot be used: {error.strerror}") from error
    return made


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m apps.serving", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--plan", type=Path, help="the plan, as JSON")
    what.add_argument("--file", type=Path, help="a GGUF file, planned for this machine")
    parser.add_argument("--name", default="", help="what clients call the model of --file")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8080, help="0: any that is free")
    parser.add_argument("--key-file", type=Path, help="what clients must show as Bearer")
    parser.add_argument(
        "--unconfined", action="store_true", help="to find out whether a driver needs more"
    )
    options = parser.parse_args()
    if not 0 <= options.port <= 65535:
        parser.error("a port is a number from 0 to 65535")
    return options


def _say(line: str) -> None:
    print(f"clawdbot: {line}", flush=True)  # noqa: T201


def _refuse(line: str) -> int:
    print(f"clawdbot: {line}", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())

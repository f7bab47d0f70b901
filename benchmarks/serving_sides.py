"""Our model server, llama-server and `python -m llama_cpp.server` on the same file."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from apps.serving.plan import Plan
from benchmarks import report

RIVALS = report.REPOSITORY / "benchmarks" / "rivals"
START_S = 120.0
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Load:
    """What each side is started for."""

    model: Path
    streams: int
    context: int  # tokens of a sequence
    threads: int
    gpu_layers: int = 0


def ours(load: Load, port: int, work: Path) -> list[str]:
    """The command of our server."""
    plan = Plan(
        name="bench", path=str(load.model), threads=load.threads, batch_threads=load.threads,
        gpu_layers=load.gpu_layers, context=load.context, parallel=load.streams, batch=512,
        cache_bytes=0, queue=256, memory_bytes=8 * 10**9,
    )  # fmt: skip
    path = work / f"plan-{port}.json"
    path.write_text(plan.to_json(), encoding="utf-8")
    return [sys.executable, "-m", "apps.serving", "--plan", str(path), "--port", str(port)]


def llama_server(load: Load, port: int, _work: Path) -> list[str]:
    """The command of llama.cpp's own server, with its defaults but for what is compared."""
    return [
        str(llama_folder() / "llama-server"), "-m", str(load.model), "--port", str(port),
        "--host", HOST, "-t", str(load.threads), "-tb", str(load.threads),
        "-np", str(load.streams), "-c", str(load.streams * load.context),
        "-ngl", str(load.gpu_layers),
    ]  # fmt: skip


def llama_cpp_server(load: Load, port: int, _work: Path) -> list[str]:
    """The command of llama-cpp-python's server; a second request does not end the first."""
    return [
        sys.executable, "-m", "llama_cpp.server", "--model", str(load.model), "--host", HOST,
        "--port", str(port), "--n_ctx", str(load.context), "--n_threads", str(load.threads),
        "--n_threads_batch", str(load.threads), "--interrupt_requests", "False",
        "--n_gpu_layers", str(load.gpu_layers),
    ]  # fmt: skip


SIDES = {"ours": ours, "llama_server": llama_server, "llama_cpp_server": llama_cpp_server}


@contextmanager
def running(side: str, load: Load, port: int, work: Path) -> Iterator[tuple[str, int]]:
    """Start a side, wait until it serves, stop it at the end. Its log is in `work`."""
    with (work / f"{side}-{load.streams}.log").open("wb") as log:
        process = subprocess.Popen(
            SIDES[side](load, port, work), cwd=report.REPOSITORY, env=_environment(side),
            stdout=log, stderr=log,
        )  # fmt: skip
    try:
        _wait(process, port, side)
        yield HOST, port
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def raw_limits(load: Load, prompt: int, new: int) -> dict[str, float]:
    """llama-bench: tokens a second of one prompt, and of one answer, without any server."""
    command = [
        str(llama_folder() / "llama-bench"), "-m", str(load.model), "-t", str(load.threads),
        "-p", str(prompt), "-n", str(new), "-r", "2", "-o", "csv", "-ngl", str(load.gpu_layers),
    ]  # fmt: skip
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env=_environment("llama_server")
    )
    head, *rows = [line.split(",") for line in done.stdout.strip().splitlines()]
    column = head.index("avg_ts")
    read, written = (float(row[column].strip('"')) for row in rows)
    return {"raw_prompt_tokens_s": read, "raw_tokens_s": written}


def llama_folder() -> Path:
    """Where llama-server and llama-bench are; they are built the first time (LLAMA_BIN: given)."""
    if given := os.environ.get("LLAMA_BIN"):
        return Path(given)
    return Path(_printed([str(RIVALS / "llama_server")]))


def _environment(side: str) -> Mapping[str, str]:
    added: dict[str, str] = {"HF_HUB_OFFLINE": "1"}
    if side == "llama_server":
        added["LD_LIBRARY_PATH"] = str(llama_folder())
    if side == "llama_cpp_server":
        added["PYTHONPATH"] = _printed([str(RIVALS / "llama_cpp_server")])
    return os.environ | added


def _printed(command: Sequence[str]) -> str:
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip().splitlines()[-1]


def _wait(process: "subprocess.Popen[bytes]", port: int, side: str) -> None:
    deadline = time.monotonic() + START_S
    path = "/v1/models" if side == "llama_cpp_server" else "/healthz"
    path = "/health" if side == "llama_server" else path
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{side} ended with {process.returncode}; see its log")
        try:
            if httpx.get(f"http://{HOST}:{port}{path}", timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"{side} did not serve within {START_S:.0f} s")

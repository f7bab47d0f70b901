"""Run as a process: confines itself as a model server does, tries things, prints what worked."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

from apps.serving.isolation.confinement import confine
from apps.serving.plan import Plan


def _works(attempt):
    try:
        attempt()
    except (OSError, MemoryError):
        return False
    return True


def _over_a_socket_of_before(listening, client):
    client.sendall(b"x")
    accepted, _ = listening.accept()
    accepted.recv(1)


def main(model, secret, outside):
    plan = Plan("tiny", model, 1, 1, 0, 64, 1, 64, 1, 1, memory_bytes=10_000_000)
    listening = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(listening.getsockname())
    confine(plan, port=listening.getsockname()[1])
    attempts = {
        "read the model": lambda: Path(model).read_bytes(),
        "import a library": lambda: __import__("jinja2"),
        "start Python": lambda: subprocess.run([sys.executable, "-c", ""], check=True),
        "see the processors": lambda: Path("/proc/cpuinfo").read_text(),
        "serve": lambda: _over_a_socket_of_before(listening, client),
        "throw away": lambda: Path("/dev/null").write_text("x"),
        "read a document": lambda: Path(secret).read_text(),
        "list the documents": lambda: os.listdir(Path(secret).parent),
        "write": lambda: Path(model).with_name("written").write_text("x"),
        "change the model": lambda: os.truncate(model, 0),
        "delete the model": lambda: os.unlink(model),
        "read passwords": lambda: Path("/etc/passwd").read_text(),
        "read the project": lambda: Path(__file__).read_text(),
        "look into another process": lambda: Path(f"/proc/{outside}/environ").read_bytes(),
        "signal another process": lambda: os.kill(int(outside), 0),
        "connect": lambda: socket.create_connection(listening.getsockname()),
        "send UDP": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "use a local socket": lambda: socket.socket(socket.AF_UNIX),
        "take memory": lambda: bytearray(2_000_000_000),
    }
    worked = [name for name, attempt in attempts.items() if _works(attempt)]
    sys.stdout.write(json.dumps(worked))


if __name__ == "__main__":
    main(*sys.argv[1:])

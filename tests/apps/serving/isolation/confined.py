"""Run as a process: confines itself as a model server does, tries things, prints what worked."""

import ctypes
import json
import mmap
import os
import platform
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


def _call_as_32_bit_program():
    """getpid by its 32-bit number: mov eax, 20; int 0x80; ret."""
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(bytes.fromhex("b814000000cd80c3"))
    address = ctypes.addressof(ctypes.c_char.from_buffer(code))
    child = os.fork()  # where the kernel knows no such programs, it ends this one
    if not child:
        os._exit(int(ctypes.CFUNCTYPE(ctypes.c_int)(address)() < 0))
    if os.waitpid(child, 0)[1]:
        raise PermissionError


def main(model, secret, outside, gpu_layers="0"):
    plan = Plan("tiny", model, 1, 1, int(gpu_layers), 64, 1, 64, 1, 1, memory_bytes=10_000_000)
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
        "make a netlink socket": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "name a thread": lambda: Path("/proc/self/comm").write_text("x"),
        "take memory": lambda: bytearray(2_000_000_000),
    }
    if platform.machine() == "x86_64":
        attempts["call as a 32-bit program"] = _call_as_32_bit_program
    worked = [name for name, attempt in attempts.items() if _works(attempt)]
    sys.stdout.write(json.dumps(worked))


if __name__ == "__main__":
    main(*sys.argv[1:])

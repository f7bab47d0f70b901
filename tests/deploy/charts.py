"""The chart as helm itself renders it."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy/helm/clawdbot"
OLDEST, NEWEST = "1.31", "1.37"
NEEDED = (
    "secrets.databaseUrl=postgresql://clawdbot@db/clawdbot",
    "secrets.brokerUrl=redis://redis:6379/0",
)
MODEL = (
    "models[0].name=general",
    "models[0].file=general.gguf",
    "models[0].volume.persistentVolumeClaim.claimName=models",
    "models[0].resources.requests.cpu=4",
    "models[0].resources.limits.memory=8Gi",
    "models[0].autoscaling.min=1",
    "models[0].autoscaling.max=3",
)
EVERYTHING = (
    *NEEDED,
    *MODEL,
    "ingress.enabled=true",
    "ingress.host=kb.company.lan",
    "ingress.tlsSecret=kb-tls",
    "autoscaling.enabled=true",
    "autoscaling.source=prometheus",
    "monitoring.serviceMonitor=true",
    "monitoring.rules=true",
    "monitoring.labels.release=stack",
    "backup.enabled=true",
    "backup.claimName=backups",
    "backup.passphraseKey=passphrase",
    "sharedVolume.claimName=shared",
)
OTHERS_SCHEMAS = {"ServiceMonitor", "PrometheusRule"}  # not Kubernetes' own, not published with it
Manifest = dict[str, Any]


def helm(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run helm. Missing: a failure in CI, a skip on a developer's machine."""
    program = shutil.which("helm", path=f"{Path(sys.prefix) / 'bin'}:{os.environ['PATH']}")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("there is no helm: deploy/helm/tools.py places it")
        pytest.skip("run: python deploy/helm/tools.py", allow_module_level=True)
    return subprocess.run(
        [str(program), *map(str, arguments)], capture_output=True, text=True, check=False
    )


def setting(values: tuple[str, ...]) -> list[str]:
    """Helm's options for these values."""
    return [option for value in values for option in ("--set", value)]


@cache
def rendered(values: tuple[str, ...] = EVERYTHING) -> tuple[Manifest, ...]:
    """All manifests of a release `kb` in the namespace `docs`."""
    done = helm("template", "kb", CHART, "--namespace", "docs", *setting(values))
    assert done.returncode == 0, done.stderr
    return tuple(found for found in yaml.safe_load_all(done.stdout) if found)


def one(kind: str, name: str, values: tuple[str, ...] = EVERYTHING) -> Manifest:
    """The manifest of that kind and name."""
    found = [m for m in rendered(values) if (m["kind"], m["metadata"]["name"]) == (kind, name)]
    assert len(found) == 1, f"{len(found)} of {kind} {name}"
    return found[0]


def pods(values: tuple[str, ...] = EVERYTHING) -> dict[str, Manifest]:
    """Pod templates (metadata, spec) by component."""
    found = {}
    for manifest in rendered(values):
        spec = manifest.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if manifest["kind"] == "Pod":
            template = manifest
        if template:
            labels = template["metadata"]["labels"]
            found[labels["app.kubernetes.io/component"]] = template
    return found


def containers(pod: Manifest) -> list[Manifest]:
    """All containers of a pod, those that come first too."""
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def validate(manifest: Manifest, version: str) -> None:
    """Against the published schema; unknown fields are refused. Raises ValidationError."""
    kubernetes_validate.validate(manifest, version, strict=True)

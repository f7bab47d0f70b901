"""Pods of the chart (deploy/helm), by kubectl: in a pod, or wherever its context is set."""

from pathlib import Path

from apps.core.errors import Conflict
from clawdbot_site.cli.console import counted
from clawdbot_site.scaling import programs
from clawdbot_site.scaling.protocols import Part

# https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
KINDS = {Part.WORKERS: ("deployment", "worker-parse"), Part.WEB: ("statefulset", "node")}


def is_running() -> bool:
    """Whether this is a pod."""
    return SERVICE_ACCOUNT.exists()


class KubernetesPods:
    """Changes the number of replicas; the cluster does the rest."""

    def scale(self, part: Part, count: int) -> str:
        """See Scaler. Raises Conflict where an autoscaler would take it back."""
        kind, component = KINDS[part]
        labels = f"app.kubernetes.io/name=clawdbot,app.kubernetes.io/component={component}"
        found = programs.run(["kubectl", "get", kind, "-l", labels, "-o", "name"]).split()
        if len(found) != 1:
            raise Conflict(
                f"There are {len(found)} {kind}s of {component} in this namespace: set kubectl's "
                "context to that of one release."
            )
        if programs.run(["kubectl", "get", "hpa", "-l", labels, "-o", "name"]).split():
            raise Conflict(
                f"An autoscaler decides about {component}: set its bounds under `autoscaling` in "
                "the chart's values."
            )
        programs.run(["kubectl", "scale", found[0], f"--replicas={count}"])
        return f"{counted(count, 'pod')} of {component}, until the next `helm upgrade`"

"""What runs the processes here."""

from collections.abc import Callable, Mapping

from apps.core.config import Config
from clawdbot_site.scaling import compose, kubernetes
from clawdbot_site.scaling.compose import ComposeServices
from clawdbot_site.scaling.kubernetes import KubernetesPods
from clawdbot_site.scaling.protocols import Scaler
from clawdbot_site.scaling.supervised import SupervisedProcesses
from clawdbot_site.supervision import control

SCALERS: Mapping[str, Callable[[Config], Scaler]] = {
    "supervisor": SupervisedProcesses,
    "compose": lambda _: ComposeServices(),
    "kubernetes": lambda _: KubernetesPods(),
}


def platform(configuration: Config) -> str:
    """node.platform, or what is found: our own supervisor first, then a pod, then compose."""
    if configuration.node.platform != "auto":
        return configuration.node.platform
    if control.is_running(configuration):
        return "supervisor"
    if kubernetes.is_running():
        return "kubernetes"
    return "compose" if compose.is_running() else "supervisor"


def scaler(configuration: Config) -> tuple[str, Scaler]:
    """The platform's name, and who acts on it."""
    name = platform(configuration)
    return name, SCALERS[name](configuration)

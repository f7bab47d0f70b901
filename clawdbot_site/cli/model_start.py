"""`clawdbot start --model` and `stop --model`: one model of this node, without Django's memory."""

from importlib.util import find_spec

from apps.core.config import Config
from apps.core.errors import Conflict
from clawdbot_site.cli.console import note
from clawdbot_site.cli.launching import in_django, launch
from clawdbot_site.supervision import control, keeper_presence, lifetime
from clawdbot_site.supervision.conf import KEEPER


def start_model(configuration: Config, name: str, port: int) -> None:
    """Serve a model (or the one of a profile) from now on, also after the next start.

    Where nothing runs, only model servers are started. `port` 0: the next free one. Raises Conflict
    with why not; what this command had started for it is stopped then.
    """
    if find_spec("llama_cpp") is None:
        raise Conflict("Model servers need llama.cpp, which is not installed. Run: make serving")
    pin = ["pin-model-step", name, "--port", str(port)]
    if control.is_running(configuration):
        in_django(*pin)
        keeper_presence.ensure(configuration)
        in_django("await-model-step", name)
        return
    supervisor = launch(configuration, [["prepare-step"], pin], is_attached=False, names=())
    try:
        in_django("await-model-step", name)
    except BaseException:
        lifetime.stop_child(configuration, supervisor, note)
        raise


def stop_model(name: str) -> None:
    """Serve it no longer. It is loaded again when somebody asks for it, or starts it."""
    in_django("stop-model-step", name)


def serves_only_models(configuration: Config) -> bool:
    """The supervisor runs, but nothing of the node except model servers."""
    return all(process.name == KEEPER for process in control.states(configuration))

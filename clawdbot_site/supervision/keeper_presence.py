"""Whether this node has a keeper of models: only where there is something to keep.

A process for nobody's models would cost a small machine 95 MB. So it is a program that is added to
the running supervisor with the first model; a file in the run folder tells the next start of it.
"""

from pathlib import Path

from apps.core.config import Config
from apps.ops.setup.choices import KEEPS_MODELS
from clawdbot_site.supervision import conf, control, places


def is_needed(configuration: Config) -> bool:
    """Whether a model is configured, or any is known. Needs Django and its tables."""
    from apps.modelhub.models import Model  # needs Django; the rest of this module does not

    return bool(configuration.serving.models) or Model.objects.exists()


def mark(configuration: Config, *, is_needed: bool) -> None:
    """Note for the next start whether the node has a keeper."""
    if is_needed:
        places.make_folders(configuration)
        _mark(configuration).touch(mode=0o600)
    else:
        _mark(configuration).unlink(missing_ok=True)


def is_marked(configuration: Config) -> bool:
    """What `mark` noted last."""
    return _mark(configuration).exists()


def ensure(configuration: Config) -> bool:
    """Give the running node a keeper if it has none; tells whether it was started now.

    Safe to repeat. Raises Conflict when the node does not run.
    """
    if any(process.name == conf.KEEPER for process in control.states(configuration)):
        return False
    mark(configuration, is_needed=True)
    conf.write_keeper(configuration)
    control.add(configuration, conf.KEEPER)
    return True


def _mark(configuration: Config) -> Path:
    return places.run_dir(configuration) / KEEPS_MODELS

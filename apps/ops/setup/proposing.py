"""From choices to the file that they would make, with everything that stands against it."""

from dataclasses import replace

from apps.core.config import Config
from apps.ops.setup.choices import Choices, wanted
from apps.ops.setup.drafting import Draft, draft
from apps.ops.setup.machine import Machine
from apps.ops.setup.nonsense import problems


def proposed(choices: Choices, text: str, here: Machine, current: Config) -> Draft:
    """What the choices change in the text of clawdbot.yaml. See `drafting.draft`."""
    made = draft(text, wanted(choices, here, current), current)
    return replace(made, problems=[*made.problems, *problems(choices, here, current)])

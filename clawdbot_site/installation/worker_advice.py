"""How many processes and threads fit beside the models, within what the node may use."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from apps.core.config import Config
from apps.core.sizes import parse_size
from apps.ops.setup.sizing import PARSER_BYTES, REST_BYTES, WEB_BYTES
from apps.serving.hardware import Hardware
from apps.serving.wishes import gigabytes


@dataclass(frozen=True, slots=True)
class Advice:
    """A count that the operator set, and the most that would fit."""

    key: str
    now: int
    fitting: int
    why: str

    @property
    def fits(self) -> bool:
        """What is set is not too much."""
        return self.now <= self.fitting

    @property
    def line(self) -> str:
        """In one line."""
        verdict = "fits" if self.fits else f"too many, {self.fitting} would fit"
        return f"{self.key} {self.now}: {verdict} ({self.why})"


def advice(configuration: Config, hardware: Hardware, models_bytes: int) -> Sequence[Advice]:
    """For web processes first, parsers get what is left. One of each always counts as fitting."""
    resource, service = configuration.resource, configuration.service
    cores = max(1, math.ceil(hardware.cores * resource.cpu_limit))
    allowed = min(parse_size(resource.memory_limit), hardware.memory_bytes)
    for_web = allowed - models_bytes - REST_BYTES - PARSER_BYTES
    for_parsers = allowed - models_bytes - REST_BYTES - service.web_workers * WEB_BYTES
    told = f"{cores} cores allowed, "
    return [
        Advice(
            "service.web_workers",
            service.web_workers,
            max(1, min(2 * cores, for_web // WEB_BYTES)),
            f"{told}{gigabytes(max(0, for_web))} for them",
        ),
        Advice(
            "ingest.parse_workers",
            configuration.ingest.parse_workers,
            max(1, min(2 * cores, for_parsers // PARSER_BYTES)),
            f"{told}{gigabytes(max(0, for_parsers))} for them",
        ),
    ]

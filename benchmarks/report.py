"""What a benchmark says at its end: figures, goals, machine, commands; and its exit code."""

import argparse
import json
import math
import os
import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

Goal = tuple[Literal[">=", "<="], float]

REPOSITORY = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the figures were measured. Memory in MB (10^6 bytes)."""

    cpu: str
    cores: int
    memory_mb: int
    system: str
    python: str
    load_before: float  # 1-minute load average when the benchmark began; idle is near 0


@dataclass(frozen=True, slots=True)
class Report:
    """One benchmark's outcome. A goal without its figure is missed."""

    benchmark: str
    figures: Mapping[str, float]
    goals: Mapping[str, Goal]
    machine: Machine
    commands: Sequence[str] = field(default_factory=lambda: [command_line()])

    @property
    def missed(self) -> list[str]:
        """Names of the goals that are not met."""
        return [name for name, goal in self.goals.items() if not self._is_met(name, goal)]

    def as_json(self) -> str:
        """One line: {"benchmark", "figures", "goals", "met", "machine", "commands"}."""
        return json.dumps(
            {
                "benchmark": self.benchmark,
                "figures": self.figures,
                "goals": self.goals,
                "met": not self.missed,
                "machine": asdict(self.machine),
                "commands": self.commands,
            },
            ensure_ascii=False,
        )

    def as_table(self) -> str:
        """The same for people, a figure a line."""
        width = max(map(len, (*self.figures, *self.goals)), default=0)
        lines = [self.benchmark]
        for name in dict.fromkeys((*self.figures, *self.goals)):
            value = self.figures.get(name, math.nan)
            lines.append(f"  {name:<{width}}  {value:>12,.4g}{self._verdict(name)}")
        machine = self.machine
        lines.append(
            f"on {machine.cores} cores ({machine.cpu}), {machine.memory_mb / 1000:.0f} GB, "
            f"load {machine.load_before:.1f} before; by: {' ; '.join(self.commands)}"
        )
        return "\n".join(lines)

    def _verdict(self, name: str) -> str:
        if name not in self.goals:
            return ""
        sign, bound = self.goals[name]
        return f"  goal {sign} {bound:g}: {'MISSED' if name in self.missed else 'met'}"

    def _is_met(self, name: str, goal: Goal) -> bool:
        value, (sign, bound) = self.figures.get(name, math.nan), goal
        return value >= bound if sign == ">=" else value <= bound


def arguments(description: str) -> argparse.ArgumentParser:
    """A parser with what every benchmark takes: --json, --shared DIR."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--shared",
        type=Path,
        default=REPOSITORY.parent / "shared",
        help="folder of the evaluation data (default: %(default)s)",
    )
    return parser


def finish(report: Report, *, as_json: bool) -> int:
    """Print the report; returns the exit code: 0, or 1 when a goal is missed."""
    print(report.as_json() if as_json else report.as_table())
    return 1 if report.missed else 0


def say(text: str) -> None:
    """Tell on stderr what is being done: stdout is for the report."""
    print(text, file=sys.stderr, flush=True)


def machine() -> Machine:
    """This machine, as the figures' reader needs to know it. Call it before the work begins."""
    pages, page_size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return Machine(
        cpu=_cpu_name(),
        cores=len(os.sched_getaffinity(0)),
        memory_mb=pages * page_size // 10**6,
        system=platform.platform(),
        python=platform.python_version(),
        load_before=round(os.getloadavg()[0], 2),
    )


def command_line() -> str:
    """How this program was called."""
    return shlex.join(["python", *sys.orig_argv[1:]])


def _cpu_name() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()

"""A keeper over invented processes: what it does with them is the test."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.config import Config
from apps.core.nodes import node_name
from apps.modelhub import files
from apps.modelhub.models import Model, ModelServer
from apps.ops.model_keeping.keeper import Keeper
from apps.ops.model_keeping.probing import Probe
from apps.ops.model_keeping.protocols import Memory, Phase, Seen
from apps.serving.gguf import ModelFacts
from apps.serving.hardware import Hardware

GB = 10**9
FACTS = ModelFacts(
    architecture="llama", name="m", parameters=7 * 10**9, layers=32, width=4096, heads=32,
    kv_heads=8, key_length=128, value_length=128, cache_per_token=32 * 8 * 256,
    context_length=4096, vocabulary=32000, quantisation="Q4_0", tensor_bytes=4 * GB,
    layer_bytes=int(3.8 * GB), experts=0, is_embedding=False, has_chat_template=True, licence="",
)  # fmt: skip


class InventedProcesses:
    """Runs nothing; `seen` is what the test says, and what was started and stopped."""

    def __init__(self):
        self.running: dict[str, Seen] = {}
        self.plans = {}
        self.words, self._pid = "", 100

    def seen(self):
        return dict(self.running)

    def start(self, plan, *, host, port):
        assert plan.name not in self.running
        self.plans[plan.name] = replace(plan)
        self.crash(plan.name)

    def crash(self, name, phase=Phase.RUNNING):
        """It is another process now."""
        self._pid += 1
        self.running[name] = Seen(phase, self._pid)

    def stop(self, name):
        self.running.pop(name, None)

    def memory(self):
        return Memory(node=GB, models=dict.fromkeys(self.running, 9 * GB))

    def last_words(self, name):
        return self.words


@dataclass
class World:
    """A node: its keeper, processes, machine; `ready` answers of servers, by port."""

    keeper: Keeper
    processes: InventedProcesses
    hardware: Hardware
    settings: dict
    at_work: int = 0
    is_ready: bool = True
    is_silent: bool = False

    def rounds(self, count=1):
        for _ in range(count):
            self.keeper.round()

    def probe(self, port, host):
        return None if self.is_silent else Probe(self.is_ready, {"running": float(self.at_work)})

    def configuration(self):
        return Config(**self.settings)


@pytest.fixture
def world():
    made = World(None, InventedProcesses(), Hardware(8, 8, 32 * GB, 30 * GB), {})
    made.settings = {"resource": {"memory_limit": "24GB"}}
    made.keeper = Keeper(
        made.processes, made.probe, configure=made.configuration, look=lambda: made.hardware
    )
    return made


@pytest.fixture
def add_model():
    """Adds a model whose file is a name only; it is wanted here unless a state is given."""

    def add(name, state="wanted", *, is_pinned=False, idle_s=None, facts=FACTS):
        path = files.folder() / f"{name}.gguf"
        path.touch()
        stamp = path.stat().st_mtime_ns
        model = Model.objects.create(
            name=name, path=path.name, facts=facts.to_json(), state="ready", mtime_ns=stamp
        )
        used = None if idle_s is None else timezone.now() - timedelta(seconds=idle_s)
        return ModelServer.objects.create(
            model=model, node=node_name(), state=state, is_pinned=is_pinned, last_used_at=used
        )

    return add

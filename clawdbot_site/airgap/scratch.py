"""The installation on trial: this program with this configuration, in a folder of its own."""

from pathlib import Path
from typing import Any

import yaml

from apps.core.config import Config

# What says how the program works. Everything else may name something outside, and is left out.
KEPT = ("profile", "model", "resource", "ingest", "retrieval", "answers", "traffic", "log")
PORT = 8000  # nobody else is in the namespace
OWN: dict[str, dict[str, Any]] = {
    "node": {"name": "airgap", "platform": "supervisor", "drain_s": 0, "grace_s": 5},
    "service": {"host": "127.0.0.1", "port": PORT, "web_workers": 1},
    "index": {"verify_at": ""},
}
# Keys whose values lead out of the machine because the administrator says so.
OUTSIDE = (
    "database.url", "broker.url", "storage.originals", "index.milvus_uri", "engines.remote_url",
    "serving.servers", "serving.hub_url", "mail.host", "telemetry.otlp_endpoint",
)  # fmt: skip


def write(home: Path, configuration: Config) -> None:
    """Write its clawdbot.yaml into an empty folder."""
    values = configuration.model_dump(mode="json")
    text = yaml.safe_dump({name: values[name] for name in KEPT} | OWN, allow_unicode=True)
    path = home / "clawdbot.yaml"
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def left_out(configuration: Config) -> list[str]:
    """Keys that the trial did not follow: they lead out, because somebody set them so."""
    usual = Config.model_construct().model_dump(mode="json")
    values = configuration.model_dump(mode="json")
    return [key for key in OUTSIDE if _value(values, key) != _value(usual, key)]


def _value(values: dict[str, Any], key: str) -> Any:
    section, _, name = key.partition(".")
    return (values.get(section) or {}).get(name)

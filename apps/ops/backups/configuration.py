"""clawdbot.yaml and the folder `secrets`: into a backup, and beside the installation's own."""

import json
import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from django.conf import settings

from apps.core import config
from apps.ops.backups.refusals import BackupDamaged

LEFT_OUT = "LEFT-OUT-OF-THE-BACKUP"
SECRET = ("key", "token", "password", "secret")
RESTORED = "clawdbot.restored.yaml"


def configuration_file(*, with_secrets: bool) -> bytes | None:
    """The text of clawdbot.yaml, secrets replaced unless they may be kept; None without a file, and
    where one is written in such a way that it could not be replaced."""
    try:
        text = (config.home() / "clawdbot.yaml").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return text.encode() if with_secrets else _without_secrets(text)


def configuration_put_back(content: bytes) -> Path | None:
    """Write it as clawdbot.yaml where there is none, else beside it; None when it is the same."""
    path = config.home() / "clawdbot.yaml"
    if path.exists() and path.read_bytes() == content:
        return None
    target = path.with_name(RESTORED) if path.exists() else path
    _write(target, content)
    return target


def keys() -> bytes:
    """The files of the folder `secrets`, and the signing key wherever it comes from."""
    found = {"secret_key": b64encode(str(settings.SECRET_KEY).encode()).decode()}
    folder = _secrets_folder()
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_file() and not path.name.startswith("."):
            found[path.name] = b64encode(path.read_bytes()).decode()
    return json.dumps(found).encode()


def keys_put_back(content: bytes) -> None:
    """Write the files of the folder `secrets` over those that are there (mode 600)."""
    folder = _secrets_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, text in json.loads(content).items():
        if Path(name).name != name or name.startswith("."):
            raise BackupDamaged(f"The backup names a key {name!r}, which is no name of a file.")
        _write(folder / name, b64decode(text))


def _without_secrets(text: str) -> bytes | None:
    in_use = _secrets(config.load().model_dump(mode="json"))
    for secret in sorted(in_use | _secrets(yaml.safe_load(text)), key=len, reverse=True):
        for written in (secret, secret.replace("'", "''")):
            text = text.replace(written, LEFT_OUT)
    return None if _secrets(yaml.safe_load(text)) - {LEFT_OUT} else text.encode()


def _secrets(sections: Any) -> set[str]:
    """Values of a configuration that open something: what is named like a secret, and passwords
    inside addresses."""
    found = set()
    for section in sections.values() if isinstance(sections, dict) else ():
        for name, value in section.items() if isinstance(section, dict) else ():
            if isinstance(value, str) and name.endswith(SECRET):
                found.add(value)
            elif isinstance(value, str) and "://" in value:
                found.add(urlsplit(value).password or "")
    return found - {""}


def _secrets_folder() -> Path:
    return config.load().data_dir / "secrets"


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}-{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)

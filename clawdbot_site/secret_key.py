"""The installation's signing key: `service.secret_key`, else a file of mode 600, made at first use.

Nodes that serve the same people need the same key: what one signs the others must accept.
"""

import os
import secrets
from pathlib import Path

from apps.core.config import Config


def secret_key(configuration: Config) -> str:
    """The configured key, else that of <data_dir>/secrets/secret_key, which is made atomically."""
    return configuration.service.secret_key or _own(configuration.data_dir)


def _own(data_dir: Path) -> str:
    path = data_dir / "secrets" / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)  # `parents` would have the usual mode
    path.parent.mkdir(mode=0o700, exist_ok=True)
    fresh = path.with_name(f".secret_key-{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(50))
    try:
        os.link(fresh, path)  # the first process wins, the others read its key
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_text().strip()

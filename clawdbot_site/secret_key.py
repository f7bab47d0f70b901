"""The installation's signing key: a file of mode 600, made at first use."""

import os
import secrets
from pathlib import Path


def secret_key(data_dir: Path) -> str:
    """Read <data_dir>/secrets/secret_key, creating it atomically when it is not there."""
    path = data_dir / "secrets" / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
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

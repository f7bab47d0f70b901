"""Certificates and keys as PEM files."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from apps.core.errors import Conflict, Invalid, NotFound


def certificate_read(path: Path) -> x509.Certificate:
    """The first certificate of a file. Raises NotFound, or Invalid when there is none in it."""
    try:
        return x509.load_pem_x509_certificate(_bytes_of(path))
    except ValueError:
        raise Invalid(f"{path} is no certificate in PEM.") from None


def key_read(path: Path, *, passphrase: bytes | None) -> ec.EllipticCurvePrivateKey:
    """A key that `key_write` wrote. Raises NotFound, or Invalid with what is wrong."""
    try:
        key = serialization.load_pem_private_key(_bytes_of(path), passphrase)
    except TypeError:
        wanted = (
            "needs its passphrase (--passphrase-file)"
            if passphrase is None
            else "has no passphrase"
        )
        raise Invalid(f"The key in {path} {wanted}.") from None
    except ValueError:
        raise Invalid(f"{path} is no key in PEM, or this is not its passphrase.") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise Invalid(f"{path} is no key of `clawdbot tls`.")
    return key


def key_write(
    path: Path, key: ec.EllipticCurvePrivateKey, *, passphrase: bytes | None = None
) -> None:
    """Write a key for its owner alone, at once."""
    lock: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        lock = serialization.BestAvailableEncryption(passphrase)
    pkcs8 = serialization.PrivateFormat.PKCS8
    _replace(path, key.private_bytes(serialization.Encoding.PEM, pkcs8, lock), mode=0o600)


def certificate_write(path: Path, certificate: x509.Certificate) -> None:
    """Write a certificate for everyone to read, at once."""
    _replace(path, certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)


def refuse_to_overwrite(path: Path) -> None:
    """Raises Conflict when there is something."""
    if path.exists():
        raise Conflict(
            f"{path} is there already. Move it away first, if nothing needs it any more."
        )


def _bytes_of(path: Path) -> bytes:
    if not path.is_file():
        raise NotFound(f"There is no file {path}.")
    return path.read_bytes()


def _replace(path: Path, content: bytes, *, mode: int) -> None:
    """Whoever could read the file before still can: a container's nginx, after a renewal."""
    before = path.stat() if path.exists() else None
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.fresh")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        if before:
            os.fchmod(file.fileno(), stat.S_IMODE(before.st_mode))
            with suppress(PermissionError):
                os.fchown(file.fileno(), before.st_uid, before.st_gid)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)

"""The administrator as whom the command line acts, with the first password and API key."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from apps.accounts.api_keys import api_key_authenticate, api_key_create
from apps.accounts.models import User
from apps.core import config
from apps.core.errors import NotFound, Unauthenticated

ADMIN = "admin"


def operator() -> User:
    """The first administrator. Raises NotFound when there is none."""
    found = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if found is None:
        raise NotFound("There is no administrator yet. Run: clawdbot up")
    return found


def is_there() -> bool:
    """Whether there ever was an administrator."""
    return User.objects.filter(is_superuser=True).exists()


def ensure_admin() -> bool:
    """Create the administrator and an API key unless there ever was one; tells whether it did.

    The password is `service.admin_password`, else one is made up and written to a file.
    """
    if is_there():
        return False
    password = config.load().service.admin_password
    if not password:
        password = secrets.token_urlsafe(12)
        _write(_password_file(), password)
    try:
        with transaction.atomic():
            user = User.objects.create_superuser(ADMIN, "", password)
            _, secret = api_key_create(user=user, name="operator")
    except IntegrityError:  # another node was quicker: it has the password and the key
        _password_file().unlink(missing_ok=True)
        return False
    _write(key_file(), secret)
    return True


def first_password() -> str:
    """The generated password while it is still the administrator's; empty once it was changed."""
    user = User.objects.filter(username=ADMIN, is_active=True).first()
    password = _read(_password_file())
    if not password:
        return ""
    if user is None or not user.check_password(password):
        _password_file().unlink(missing_ok=True)
        return ""
    return password


def operator_key() -> str:
    """The operator's API key; empty when it was revoked or its file is gone."""
    secret = _read(key_file())
    try:
        return secret if secret and api_key_authenticate(secret) else ""
    except Unauthenticated:
        return ""


def _password_file() -> Path:
    return Path(settings.DATA_DIR) / "secrets" / "admin_password"


def key_file() -> Path:
    """Where the operator's API key is (mode 600)."""
    return Path(settings.DATA_DIR) / "secrets" / "api_key"


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return ""


def _write(path: Path, secret: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret + "\n")

"""`clawdbot key`: API keys."""

from datetime import timedelta
from typing import Annotated

import typer

from apps.accounts import users
from apps.accounts.api_keys import api_key_create, api_key_revoke
from apps.accounts.models import ApiKey
from apps.core import clock
from apps.core.errors import Conflict, NotFound
from clawdbot_site.cli.console import note, out, print_json, print_table
from clawdbot_site.installation.operator import operator

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")] = "command line",
    user: Annotated[
        str | None, typer.Option(help="Whose rights it has; yours if left out.")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Valid for so long.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key; it is shown only once."""
    owner = users.user_get(user) if user else operator()
    expires_at = clock.now() + timedelta(days=days) if days else None
    key, secret = api_key_create(user=owner, name=name, expires_at=expires_at)
    if as_json:
        print_json(
            {"id": key.uuid, "key": secret, "user": owner.username, "expires_at": expires_at}
        )
        return
    note(f"a key of {owner.username}, shown only now:")
    out.print(secret, markup=False)


@app.command("list")
def list_keys(as_json: JsonOption = False) -> None:
    """All keys; the secrets are not stored."""
    keys = ApiKey.objects.select_related("user").order_by("-created_at")
    if as_json:
        print_json([_facts(key) for key in keys])
        return
    print_table(
        ("prefix", "name", "user", "usable", "last used"),
        [
            (
                key.prefix,
                key.name,
                key.user.username,
                "yes" if key.is_usable else "no",
                f"{key.last_used_at:%Y-%m-%d}" if key.last_used_at else "never",
            )
            for key in keys
        ],
    )


@app.command()
def revoke(
    prefix: Annotated[str, typer.Argument(help="The beginning of the key, as `list` shows it.")],
) -> None:
    """Refuse a key from now on."""
    found = list(ApiKey.objects.filter(prefix__startswith=prefix, revoked_at=None)[:2])
    if not found:
        raise NotFound(f"There is no usable key that begins with {prefix}.")
    if len(found) > 1:
        raise Conflict(f"Several keys begin with {prefix}; give more of it.")
    api_key_revoke(found[0])
    note(f"{found[0].prefix}… is refused from now on")


def _facts(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.uuid,
        "prefix": key.prefix,
        "name": key.name,
        "user": key.user.username,
        "usable": key.is_usable,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
    }

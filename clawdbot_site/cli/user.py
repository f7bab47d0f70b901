"""`clawdbot user`: people who sign in."""

import sys
from typing import Annotated

import typer
from django.contrib.auth.models import Group

from apps.accounts import users
from apps.accounts.models import User
from apps.core.errors import Invalid, NotFound
from apps.knowledge.models import Permission
from apps.knowledge.services import access_grant
from apps.ops.erasing.people import user_account_delete, user_data_delete
from clawdbot_site.cli.console import note, out, print_json, print_table
from clawdbot_site.cli.ingest import find_collection
from clawdbot_site.installation.operator import operator

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)
EVERYONE = "everyone"

NameArgument = Annotated[str, typer.Argument(help="The name to sign in with.")]
StdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


@app.command()
def add(
    name: NameArgument,
    admin: Annotated[bool, typer.Option("--admin", help="May do everything.")] = False,
    group: Annotated[list[str] | None, typer.Option(help="May be repeated.")] = None,
    email: Annotated[str, typer.Option(help="Where mails go.")] = "",
    password_stdin: StdinOption = False,
) -> None:
    """Create a user. Without --password-stdin a password is made and shown once."""
    password = _password(from_stdin=password_stdin)
    users.user_create(
        name=name, password=password, email=email, is_admin=admin, groups=tuple(group or ())
    )
    _tell(name, password, was_given=password_stdin)


@app.command("list")
def list_users(
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """All users."""
    found = User.objects.prefetch_related("groups").order_by("username")
    if as_json:
        print_json([_facts(user) for user in found])
        return
    print_table(
        ("name", "admin", "active", "groups"),
        [
            (
                user.username,
                "yes" if user.is_superuser else "no",
                "yes" if user.is_active else "no",
                ", ".join(_groups(user)),
            )
            for user in found
        ],
    )


@app.command()
def passwd(name: NameArgument, password_stdin: StdinOption = False) -> None:
    """Give a user a new password; their sessions end."""
    password = _password(from_stdin=password_stdin)
    users.user_set_password(user=users.user_get(name), password=password)
    _tell(name, password, was_given=password_stdin)


@app.command("erase")
def erase(
    name: NameArgument,
    account: Annotated[bool, typer.Option("--account", help="The account, too.")] = False,
) -> None:
    """Delete what is kept of a user: conversations, answers, keys, sessions. Prints the receipt."""
    delete = user_account_delete if account else user_data_delete
    erasure = delete(user=users.user_get(name), by=operator())
    out.print(str(erasure.uuid), markup=False)
    note(f"see what went: clawdbot erasures {erasure.uuid} --wait")


@app.command()
def disable(name: NameArgument) -> None:
    """Keep a user and their API keys out."""
    users.user_set_active(user=users.user_get(name), is_active=False)
    note(f"{name} is disabled; let them in again: clawdbot user enable {name}")


@app.command()
def enable(name: NameArgument) -> None:
    """Let a disabled user in again, also one who was suspended or slowed down."""
    users.user_set_active(user=users.user_get(name), is_active=True)
    note(f"{name} may sign in")


@app.command()
def grant(
    to: Annotated[str, typer.Argument(help="A user, group:NAME, or everyone.")],
    collection: Annotated[str, typer.Argument(help="Name of the collection.")],
    permission: Annotated[str, typer.Option(help="read, write or manage.")] = "read",
) -> None:
    """Let somebody use a collection."""
    if permission.upper() not in Permission.names:
        raise Invalid("The permission is one of: read, write, manage.")
    by = operator()
    access_grant(
        collection=find_collection(collection, by),
        permission=Permission[permission.upper()],
        to=_principal(to),
        by=by,
    )
    note(f"{to}: {permission} {collection}")


def _principal(name: str) -> User | Group | None:
    if name == EVERYONE:
        return None
    if name.startswith("group:"):
        group = Group.objects.filter(name=name.removeprefix("group:")).first()
        if group is None:
            raise NotFound(f"There is no group “{name.removeprefix('group:')}”.")
        return group
    return users.user_get(name)


def _password(*, from_stdin: bool) -> str:
    return sys.stdin.readline().rstrip("\n") if from_stdin else users.generated_password()


def _tell(name: str, password: str, *, was_given: bool) -> None:
    if was_given:
        note(f"{name} may sign in with the password given")
    else:
        note(f"the password of {name}, shown only now:")
        out.print(password, markup=False)


def _groups(user: User) -> list[str]:
    return [group.name for group in user.groups.all()]


def _facts(user: User) -> dict[str, object]:
    return {
        "name": user.username,
        "admin": user.is_superuser,
        "active": user.is_active,
        "groups": _groups(user),
        "last_login": user.last_login,
    }

"""`clawdbot tls`: certificates for the intranet, from an authority of its own."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from apps.core import config
from apps.core.errors import Invalid, NotFound
from clawdbot_site.certificates import authority, issuing
from clawdbot_site.cli.console import note, out, print_json

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)
AuthorityOption = Annotated[
    Path | None, typer.Option("--ca", help="Folder of the authority; `tls` in data_dir.")
]
FolderOption = Annotated[
    Path | None, typer.Option("--to", help="Folder of the certificate; `tls` in data_dir.")
]
PassphraseOption = Annotated[
    Path | None, typer.Option(help="File with the passphrase of the authority's key.")
]


@app.command()
def ca(
    name: Annotated[str, typer.Option(help="What people see in their browsers.")] = "Clawdbot",
    only_for: Annotated[
        list[str] | None,
        typer.Option(help="Domain or network that it may vouch for, like company.lan or "
                     "10.0.0.0/8; may be repeated."),
    ] = None,
    folder: AuthorityOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:  # fmt: skip
    """Make an authority, for ten years."""
    at = _folder(folder)
    authority.authority_create(
        at, name=name, only_for=only_for or (), passphrase=_passphrase(passphrase_file)
    )
    note(f"{at / authority.CERTIFICATE} is for every browser and client (docs/cluster.md)")
    note(f"{at / authority.KEY} is the secret of it all: keep it away from the servers")


@app.command()
def issue(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Hosts and IP addresses; that of service.public_url if left out."),
    ] = None,
    days: Annotated[int, typer.Option(min=1, help="Good for so long.")] = issuing.LIFE.days,
    ca_folder: AuthorityOption = None,
    to: FolderOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Give a certificate, with a key of its own. nginx is told by the balancer."""
    signer = authority.authority_open(_folder(ca_folder), passphrase=_passphrase(passphrase_file))
    at = _folder(to)
    facts = issuing.certificate_issue(
        signer, names or _public_host(), folder=at, life=timedelta(days=days)
    )
    note(f"{', '.join(facts.names)}: until {facts.not_after:%Y-%m-%d}")
    note(f"front.certificate: {at / issuing.CERTIFICATE}")
    note(f"front.certificate_key: {at / issuing.KEY}")


@app.command()
def renew(
    ca_folder: AuthorityOption = None,
    to: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    force: Annotated[bool, typer.Option("--force", help="Though it is not due.")] = False,
) -> None:
    """Give a certificate anew when a third of its life is left; for a daily timer."""
    signer = authority.authority_open(_folder(ca_folder), passphrase=_passphrase(passphrase_file))
    at = _folder(to)
    is_new = issuing.certificate_renew(signer, folder=at, is_sure=force)
    facts = issuing.certificate_facts(at / issuing.CERTIFICATE)
    note(f"{'renewed: ' if is_new else ''}good until {facts.not_after:%Y-%m-%d}")


@app.command()
def show(
    file: Annotated[
        Path | None, typer.Argument(help="front.certificate, or that of `issue`, if left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """What a certificate says. Exit code 1 when it is over."""
    named = config.load().front.certificate
    facts = issuing.certificate_facts(
        file or (Path(named) if named else _folder(None) / issuing.CERTIFICATE)
    )
    if as_json:
        print_json({"names": facts.names, "issuer": facts.issuer, "not_after": facts.not_after})
    else:
        out.print(f"for    {', '.join(facts.names)}", markup=False)
        out.print(f"from   {facts.issuer}", markup=False)
        out.print(f"until  {facts.not_after:%Y-%m-%d %H:%M} UTC", markup=False)
    raise typer.Exit(0 if facts.left > timedelta() else 1)


def _folder(named: Path | None) -> Path:
    return (named or config.load().data_dir / "tls").resolve()


def _passphrase(file: Path | None) -> bytes | None:
    if file is None:
        return None
    if not file.is_file():
        raise NotFound(f"There is no file {file}.")
    text = file.read_bytes().strip()
    if not text:
        raise Invalid(f"{file} is empty.")
    return text


def _public_host() -> list[str]:
    host = urlsplit(config.load().service.public_url).hostname
    if not host:
        raise Invalid("Name the hosts and addresses that people type, or set service.public_url.")
    return [host]

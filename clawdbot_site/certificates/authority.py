"""The authority: a key that browsers of the company are told to believe."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from apps.core.errors import Invalid
from clawdbot_site.certificates import files, names

CERTIFICATE, KEY = "ca.pem", "ca-key.pem"
LIFE = timedelta(days=3650)
SLACK = timedelta(days=1)  # for clocks that are behind
LONGEST = timedelta(days=825) - SLACK  # Apple's devices refuse more, from private authorities too
MOST_OF_A_NAME = 64  # characters, RFC 5280, ub-common-name


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority that can give certificates."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def limits(self) -> x509.NameConstraints | None:
        """What it may vouch for; None: anything."""
        try:
            return self.certificate.extensions.get_extension_for_class(x509.NameConstraints).value
        except x509.ExtensionNotFound:
            return None


def authority_create(
    folder: Path, *, name: str, only_for: Sequence[str] = (), passphrase: bytes | None = None
) -> Authority:
    """Make an authority for ten years, for certificates of servers only.

    `only_for` limits it to domains and networks, so that whoever steals its key cannot pose as the
    rest of the world. Raises Conflict when the folder has one.
    """
    for file in (CERTIFICATE, KEY):
        files.refuse_to_overwrite(folder / file)
    if not 0 < len(name) <= MOST_OF_A_NAME:
        raise Invalid(f"The authority's name has 1 to {MOST_OF_A_NAME} characters.")
    key, subject = ec.generate_private_key(ec.SECP256R1()), _subject(name)
    builder = _builder(subject, subject, key, LIFE).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    builder = builder.add_extension(_usage(is_authority=True), critical=True)
    if only_for:
        builder = builder.add_extension(names.constraints(only_for), critical=True)
    certificate = builder.sign(key, hashes.SHA256())
    files.key_write(folder / KEY, key, passphrase=passphrase)
    files.certificate_write(folder / CERTIFICATE, certificate)
    return Authority(certificate, key)


def authority_open(folder: Path, *, passphrase: bytes | None = None) -> Authority:
    """The authority of a folder. Raises NotFound, or Invalid for a wrong passphrase."""
    certificate = files.certificate_read(folder / CERTIFICATE)
    key = files.key_read(folder / KEY, passphrase=passphrase)
    if key.public_key() != certificate.public_key():
        raise Invalid(f"{KEY} in {folder} is not the key of {CERTIFICATE}.")
    return Authority(certificate, key)


def sign(
    authority: Authority, sans: Sequence[x509.GeneralName], key: ec.EllipticCurvePrivateKey,
    life: timedelta,
) -> x509.Certificate:  # fmt: skip
    """A server's certificate for a key. Raises Invalid when the authority may not give it."""
    if not timedelta() < life <= LONGEST:
        raise Invalid(f"A certificate is for 1 to {LONGEST.days} days: clients refuse longer ones.")
    _check_limits(authority, sans)
    certificate = authority.certificate
    until = min(datetime.now(UTC) + life, certificate.not_valid_after_utc)
    # An address there is a host to OpenSSL, for which an authority with limits may not vouch.
    hosts = names.texts(one for one in sans if isinstance(one, x509.DNSName))
    subject = _subject(next((one for one in hosts if len(one) <= MOST_OF_A_NAME), "clawdbot"))
    builder = _builder(subject, certificate.subject, key, until - datetime.now(UTC))
    issuer_id = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    for extension, is_critical in (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(is_authority=False), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectAlternativeName(sans), False),
        (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_id), False),
    ):
        builder = builder.add_extension(extension, critical=is_critical)
    return builder.sign(authority.key, hashes.SHA256())


def _check_limits(authority: Authority, sans: Sequence[x509.GeneralName]) -> None:
    limits = authority.limits
    refused = [one for one in sans if limits and not names.is_permitted(one, limits)]
    if refused:
        raise Invalid(
            f"This authority may not vouch for {', '.join(names.texts(refused))}: it is only for "
            f"{', '.join(names.texts((limits and limits.permitted_subtrees) or []))}."
        )


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, life: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SLACK)
        .not_valid_after(now + life)
        .add_extension(identifier, critical=False)
    )


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )

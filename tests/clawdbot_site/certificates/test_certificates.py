"""An authority of the company's own, and what it vouches for."""

import ssl
import stat
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509 import verification

from apps.core.errors import Conflict, Invalid
from clawdbot_site.certificates import authority, files, issuing
from tests.services import program

HOSTS = ["kb.company.lan", "10.0.0.5", "::1", "*.nodes.company.lan"]


@pytest.fixture
def signer(tmp_path):
    return authority.authority_create(tmp_path / "ca", name="Company")


def issued(signer, folder, hosts=HOSTS):
    issuing.certificate_issue(signer, hosts, folder=folder)
    return files.certificate_read(folder / issuing.CERTIFICATE)


def verify(certificate, signer, name, *, at=None):
    """As a client does, whose only authority this is."""
    builder = verification.PolicyBuilder().store(verification.Store([signer.certificate]))
    builder = builder.time(at or datetime.now(UTC))
    return builder.build_server_verifier(x509.DNSName(name)).verify(certificate, [])


def test_clients_that_know_the_authority_believe_the_certificate(signer, tmp_path):
    certificate = issued(signer, tmp_path)

    assert verify(certificate, signer, "kb.company.lan")
    assert verify(certificate, signer, "two.nodes.company.lan")
    with pytest.raises(verification.VerificationError):
        verify(certificate, signer, "other.company.lan")


def test_python_and_openssl_load_the_files_as_they_are(signer, tmp_path):
    issued(signer, tmp_path)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / issuing.CERTIFICATE, tmp_path / issuing.KEY)
    context.load_verify_locations(tmp_path / "ca" / authority.CERTIFICATE)

    assert issuing.is_key_of(tmp_path / issuing.KEY, tmp_path / issuing.CERTIFICATE)


def test_keys_are_for_their_owner_alone(signer, tmp_path):
    issued(signer, tmp_path)

    for key in (tmp_path / issuing.KEY, tmp_path / "ca" / authority.KEY):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_whoever_could_read_a_key_can_read_the_next_one(signer, tmp_path):
    issued(signer, tmp_path)
    (tmp_path / issuing.KEY).chmod(0o640)

    issuing.certificate_renew(signer, folder=tmp_path, is_sure=True)

    assert stat.S_IMODE((tmp_path / issuing.KEY).stat().st_mode) == 0o640


def test_a_limited_authority_vouches_for_nothing_else(tmp_path):
    only_for = ["company.lan", "10.0.0.0/8"]
    signer = authority.authority_create(tmp_path, name="Company", only_for=only_for)

    issued(signer, tmp_path / "fine", ["company.lan", "kb.company.lan", "10.9.9.9"])

    for refused in ("evil.example", "notcompany.lan", "192.168.0.1", "::1"):
        with pytest.raises(Invalid, match="may not vouch"):
            issued(signer, tmp_path / "no", [refused])


def test_clients_refuse_what_a_stolen_key_of_a_limited_authority_signs(tmp_path, monkeypatch):
    signer = authority.authority_create(tmp_path, name="Company", only_for=["company.lan"])
    monkeypatch.setattr(authority, "_check_limits", lambda *_: None)

    certificate = issued(signer, tmp_path, ["evil.example"])

    with pytest.raises(verification.VerificationError):
        verify(certificate, signer, "evil.example")


def test_openssl_takes_an_address_alone_from_a_limited_authority(tmp_path):
    networks = ["10.0.0.0/8", "company.lan"]
    limited = authority.authority_create(tmp_path, name="Company", only_for=networks)
    issued(limited, tmp_path, ["10.0.0.5"])

    files = [str(tmp_path / name) for name in (authority.CERTIFICATE, issuing.CERTIFICATE)]
    done = subprocess.run(
        [program("openssl", package="openssl"), "verify", "-CAfile", *files],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr


def test_an_authority_is_never_overwritten(signer, tmp_path):
    before = (tmp_path / "ca" / authority.KEY).read_bytes()

    with pytest.raises(Conflict):
        authority.authority_create(tmp_path / "ca", name="Again")

    assert (tmp_path / "ca" / authority.KEY).read_bytes() == before


def test_the_authoritys_key_can_have_a_passphrase(tmp_path):
    authority.authority_create(tmp_path, name="Company", passphrase=b"correct horse")

    assert authority.authority_open(tmp_path, passphrase=b"correct horse")
    for wrong in (None, b"wrong"):
        with pytest.raises(Invalid, match="passphrase"):
            authority.authority_open(tmp_path, passphrase=wrong)


@pytest.mark.parametrize("name", ["", "two words", "-x", "a..b", "kb/path", "kb:8000", "x" * 64])
def test_what_is_no_host_is_refused(signer, tmp_path, name):
    with pytest.raises(Invalid):
        issued(signer, tmp_path / "no", [name])


def test_a_certificate_is_renewed_when_a_third_of_its_life_is_left(signer, tmp_path):
    first = issued(signer, tmp_path)
    assert not issuing.certificate_renew(signer, folder=tmp_path)

    issuing.certificate_issue(signer, HOSTS, folder=tmp_path, life=timedelta(hours=6))
    assert issuing.certificate_renew(signer, folder=tmp_path)

    renewed = files.certificate_read(tmp_path / issuing.CERTIFICATE)
    assert issuing.certificate_facts(tmp_path / issuing.CERTIFICATE).names == HOSTS
    assert renewed.serial_number != first.serial_number


def test_a_key_of_another_certificate_is_mended_by_the_next_renewal(signer, tmp_path):
    issued(signer, tmp_path / "other")
    issued(signer, tmp_path)
    (tmp_path / issuing.KEY).write_bytes((tmp_path / "other" / issuing.KEY).read_bytes())

    assert issuing.certificate_renew(signer, folder=tmp_path)  # killed between its two files
    assert issuing.is_key_of(tmp_path / issuing.KEY, tmp_path / issuing.CERTIFICATE)
    (tmp_path / issuing.KEY).unlink()
    assert issuing.certificate_renew(signer, folder=tmp_path)


@pytest.mark.parametrize("name", ["Somebody else", "Company"])
def test_a_certificate_of_another_authority_is_not_renewed(signer, tmp_path, name):
    issued(signer, tmp_path)
    other = authority.authority_create(tmp_path / "other", name=name)

    with pytest.raises(Invalid, match="was given by another authority, Company"):
        issuing.certificate_renew(other, folder=tmp_path, is_sure=True)


def test_nothing_outlives_what_clients_take_or_the_authority(signer, tmp_path, monkeypatch):
    with pytest.raises(Invalid, match="824 days"):
        issuing.certificate_issue(signer, HOSTS, folder=tmp_path, life=timedelta(days=825))

    monkeypatch.setattr(authority, "LIFE", timedelta(days=10))
    old = authority.authority_create(tmp_path / "old", name="Old")
    certificate = issued(old, tmp_path)

    assert certificate.not_valid_after_utc <= old.certificate.not_valid_after_utc

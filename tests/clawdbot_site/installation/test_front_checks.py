"""`clawdbot doctor` on nginx's certificate."""

from datetime import timedelta

import pytest

from apps.core.config import Config
from clawdbot_site.certificates import authority, issuing
from clawdbot_site.installation.front_checks import front_findings


@pytest.fixture
def signer(tmp_path):
    return authority.authority_create(tmp_path / "ca", name="Company")


def remedy(folder, *, public_url="https://kb.company.lan", key=issuing.KEY):
    front = {"certificate": str(folder / issuing.CERTIFICATE), "certificate_key": str(folder / key)}
    (finding,) = front_findings(Config(front=front, service={"public_url": public_url}))
    return finding.remedy


def test_without_a_certificate_there_is_nothing_to_say():
    assert list(front_findings(Config())) == []


@pytest.mark.parametrize("name", ["kb.company.lan", "*.company.lan"])
def test_a_good_certificate_is_fine(signer, tmp_path, name):
    issuing.certificate_issue(signer, [name], folder=tmp_path)

    assert remedy(tmp_path) == ""


def test_one_that_ends_soon_is_told(signer, tmp_path):
    issuing.certificate_issue(signer, ["kb.company.lan"], folder=tmp_path, life=timedelta(days=10))

    assert "over in 9 days" in remedy(tmp_path)


def test_one_for_another_name_is_told(signer, tmp_path):
    issuing.certificate_issue(signer, ["*.lan"], folder=tmp_path)

    assert "not for kb.company.lan" in remedy(tmp_path)


def test_a_key_of_another_certificate_is_told(signer, tmp_path):
    issuing.certificate_issue(signer, ["kb.company.lan"], folder=tmp_path)

    assert "not its key" in remedy(tmp_path, key="ca/ca-key.pem")


def test_a_file_that_is_none_is_told(tmp_path):
    (tmp_path / issuing.CERTIFICATE).write_text("nothing")

    assert "no certificate in PEM" in remedy(tmp_path)

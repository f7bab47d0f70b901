"""Mail through a real server on this machine."""

import ssl

import pytest
from pydantic import ValidationError

from apps.core import mail
from apps.core.config_mail import Mail
from apps.core.errors import Conflict, Invalid, Retryable
from clawdbot_site.certificates.authority import authority_create
from clawdbot_site.certificates.issuing import certificate_issue
from tests.mail_server import PASSWORD, USER, mail_server
from tests.services import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def to_server(configured):
    """Points the configuration at a server."""

    def point(letters, **values) -> None:
        known = {"host": "127.0.0.1", "port": letters.port, "tls": "none"}
        configured("mail", sender="kb@company.lan", **(known | values))

    return point


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A server's certificate, and the file of the authority that signed it."""
    folder = tmp_path_factory.mktemp("mail")
    authority = authority_create(folder / "ca", name="Test")
    certificate_issue(authority, ["127.0.0.1"], folder=folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "certificate-key.pem")
    return context, str(folder / "ca" / "ca.pem")


def test_each_gets_a_mail_of_their_own_with_the_attachment(to_server):
    with mail_server() as letters:
        to_server(letters)
        pdf = mail.Attachment("报告.pdf", "application/pdf", b"%PDF-1.7 ...")

        refused = mail.send(
            to=["a@company.lan", "b@company.lan"], subject="十月的\r\n报告", text="你好",
            attachments=[pdf],
        )  # fmt: skip

    assert refused == []
    assert [to for to, _ in letters.taken] == ["a@company.lan", "b@company.lan"]
    (_, first), _ = letters.taken
    assert (first["To"], first["Subject"]) == ("a@company.lan", "十月的 报告")
    assert first["Auto-Submitted"] == "auto-generated"
    (attached,) = first.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("报告.pdf", pdf.content)


def test_who_is_refused_is_told_and_the_others_get_it(to_server):
    with mail_server() as letters:
        letters.refused = {"gone@company.lan"}
        to_server(letters)

        refused = mail.send(to=["gone@company.lan", "b@company.lan"], subject="S", text="T")

    assert refused == ["gone@company.lan"]
    assert [to for to, _ in letters.taken] == ["b@company.lan"]


def test_a_server_that_is_busy_or_away_may_be_asked_again(to_server):
    with mail_server() as letters:
        letters.busy = {"a@company.lan"}
        to_server(letters)
        with pytest.raises(Retryable):
            mail.send(to=["a@company.lan"], subject="S", text="T")
    to_server(letters, port=free_port())

    with pytest.raises(Retryable) as caught:
        mail.send(to=["a@company.lan"], subject="S", text="T")

    assert caught.value.code == "mail_away"


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_over_tls_the_server_must_be_the_one_that_is_trusted(to_server, certificate, tls):
    context, ca = certificate
    with mail_server(tls=context, from_first_byte=tls == "tls") as letters:
        to_server(letters, tls=tls, ca=ca)
        mail.send(to=["a@company.lan"], subject="S", text="T")
        to_server(letters, tls=tls, ca="")

        with pytest.raises(Conflict) as caught:
            mail.send(to=["a@company.lan"], subject="S", text="T")

    assert (len(letters.taken), caught.value.code) == (1, "mail_certificate")


def test_it_signs_in_and_says_when_the_password_is_wrong(to_server):
    with mail_server(closed=True) as letters:
        to_server(letters, user=USER, password=PASSWORD)
        mail.send(to=["a@company.lan"], subject="S", text="T")
        to_server(letters, user=USER, password="wrong")

        with pytest.raises(Conflict) as caught:
            mail.send(to=["a@company.lan"], subject="S", text="T")

    assert (len(letters.taken), caught.value.code) == (1, "mail_sign_in")


@pytest.mark.parametrize("address", ["", "a@b\r\nBcc: c@d", "<a@b", "@"])
def test_what_is_no_address_is_refused_before_anything_is_sent(to_server, address):
    with mail_server() as letters:
        to_server(letters)

        with pytest.raises(Invalid):
            mail.send(to=["a@company.lan", address], subject="S", text="T")

    assert letters.taken == []


def test_a_host_and_a_password_that_cannot_be_sent_are_told(configured, to_server):
    configured("mail", host="mail..lan", sender="kb@company.lan")
    with pytest.raises(Conflict, match=r"mail\.host"):
        mail.send(to=["it@company.lan"], subject="Hello", text="Hi")

    with mail_server(closed=True) as letters:
        to_server(letters, user=USER, password="密码密码")
        with pytest.raises(Conflict, match=r"mail\.password"):
            mail.send(to=["it@company.lan"], subject="Hello", text="Hi")


def test_without_a_server_nothing_is_sent(configured):
    configured("mail", host="")

    with pytest.raises(Conflict) as caught:
        mail.send(to=["a@company.lan"], subject="S", text="T")

    assert (caught.value.code, mail.is_configured()) == ("mail_off", False)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"host": "mail.lan"}, "sender"),
        ({"host": "mail.lan", "sender": "a@b", "tls": "none", "user": "me"}, "unencrypted"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused(values, told):
    with pytest.raises(ValidationError, match=told):
        Mail(**values)

"""https at nginx, with certificates of the company's own authority."""

import http.client
import ssl
import subprocess
import threading

import pytest

from clawdbot_site.certificates import authority, files, issuing
from tests.clawdbot_site.front import fronts
from tests.clawdbot_site.front.fronts import in_two_parts, until
from tests.services import free_port, program


@pytest.fixture(scope="module")
def secure():
    """A node behind https; `tls` in its folder holds the authority and the certificate."""
    with fronts.nodes(1) as nodes, fronts.open_folder() as folder:
        tls = folder / "tls"
        signer = authority.authority_create(tls, name="Company")
        issuing.certificate_issue(signer, ["localhost", "127.0.0.1"], folder=tls)
        certificate = {
            "certificate": str(tls / issuing.CERTIFICATE),
            "certificate_key": str(tls / issuing.KEY),
        }
        with fronts.running(folder, nodes, https_port=free_port(), **certificate) as running:
            running.wait_for(*nodes)
            yield running


def trusting(running, **options):
    """What a client of the company's has."""
    context = ssl.create_default_context(cafile=running.front.folder / "tls" / "ca.pem")
    for name, value in options.items():
        setattr(context, name, value)
    return context


def ask(running, path, *, host="localhost", headers=None):
    connection = http.client.HTTPSConnection(
        host, running.https_port, context=trusting(running), timeout=20
    )
    connection.request("GET", path, headers=headers or {})
    response = connection.getresponse()
    connection.close()
    return response


def test_events_arrive_over_http_2_when_they_are_written(secure):
    has_read, path = threading.Event(), "/api/v1/ask/"
    secure.nodes[0].answers[path] = in_two_parts(b"data: 1\n", has_read, b"data: 2\n")
    curl = [
        program("curl", package="curl"),
        "-sN",
        "--http2",
        "-X",
        "POST",
        "-w",
        "%{http_version}",
    ]
    trusted = ["--cacert", str(secure.front.folder / "tls" / "ca.pem")]
    command = [*curl, *trusted, f"https://localhost:{secure.https_port}{path}"]

    with subprocess.Popen(command, stdout=subprocess.PIPE) as client:
        first = client.stdout.readline()
        has_read.set()
        rest = client.stdout.read()

    assert (first, rest) == (b"data: 1\n", b"data: 2\n2")


def serial_of(running):
    """Of the certificate that nginx shows, in hexadecimal."""
    context = trusting(running)
    with context.wrap_socket(
        fronts.connected(running.https_port), server_hostname="localhost"
    ) as tls:
        return tls.getpeercert()["serialNumber"].lstrip("0")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_names_and_addresses_are_served_by_https(secure, host):
    response = ask(secure, "/page", host=host)

    assert response.status == 200
    assert response.headers["Strict-Transport-Security"] == "max-age=2592000"


def test_the_node_hears_that_the_client_came_by_https(secure):
    connection = http.client.HTTPSConnection(
        "localhost", secure.https_port, context=trusting(secure), timeout=20
    )
    connection.request("GET", "/page", headers={"X-Forwarded-Proto": "nonsense"})

    assert b'"X-Forwarded-Proto": "https"' in connection.getresponse().read()
    connection.close()


def test_http_2_is_spoken(secure):
    context = trusting(secure)
    context.set_alpn_protocols(["h2", "http/1.1"])

    with context.wrap_socket(
        fronts.connected(secure.https_port), server_hostname="localhost"
    ) as tls:
        assert tls.selected_alpn_protocol() == "h2"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_tls_is_refused(secure):
    old = trusting(secure, minimum_version=ssl.TLSVersion.TLSv1_1)
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")

    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        old.wrap_socket(fronts.connected(secure.https_port), server_hostname="localhost")


def test_plain_http_leads_to_https(secure):
    answer = secure.ask("/a/page?q=1", headers={"Host": "localhost"})

    assert answer.status == 308
    assert answer.headers["Location"] == f"https://localhost:{secure.https_port}/a/page?q=1"


def test_a_renewed_certificate_is_served_without_a_restart(secure):
    before, tls = serial_of(secure), secure.front.folder / "tls"

    assert issuing.certificate_renew(authority.authority_open(tls), folder=tls, is_sure=True)

    until(lambda: serial_of(secure) != before)


def test_with_a_certificate_that_nginx_refuses_it_keeps_the_one_it_has(secure):
    key = secure.front.folder / "tls" / issuing.KEY
    kept, certificate = key.read_bytes(), files.certificate_read(key.with_name(issuing.CERTIFICATE))
    before = f"{certificate.serial_number:X}"
    until(lambda: {serial_of(secure) for _ in range(8)} == {before})
    key.write_text("nothing")

    until(lambda: "certificate-key.pem" in secure.ask("/-/nodes").json["refusal"])

    assert serial_of(secure) == before
    key.write_bytes(kept)
    assert secure.balancer.poll() is None

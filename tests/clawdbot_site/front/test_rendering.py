"""nginx's configuration is written from ours."""

import re

import pytest
from django.urls import get_resolver

from apps.core.config import Config
from clawdbot_site.front import rendering
from clawdbot_site.front.layout import Front
from clawdbot_site.upload_limit import FILE_ADDRESSES


def written(folder, **sections):
    front = Front(folder)
    rendering.write(front, Config(**sections))
    return front


def text_of(front, name):
    return (front.folder / f"{name}.conf").read_text()


def addresses(resolver, before=""):
    """Every address with a name, like `documents/<uuid:uuid>/replace/`."""
    for one in resolver.url_patterns:
        path = f"{before}{one.pattern}"
        if hasattr(one, "url_patterns"):
            yield from addresses(one, path)
        else:
            yield one.name, path


def test_every_address_that_takes_files_lets_large_ones_through():
    taking = re.compile(f"({'|'.join(rendering.UPLOADS)})")
    found = {name: path for name, path in addresses(get_resolver()) if name in FILE_ADDRESSES}

    assert found.keys() == FILE_ADDRESSES
    assert [path for path in found.values() if not taking.fullmatch(path)] == []


def test_limits_follow_the_configuration(tmp_path):
    front = written(tmp_path, ingest={"max_file": "1GB"}, engines={"timeout_s": 900})

    assert f"client_max_body_size {4 * 954 + 1}m;" in text_of(front, "site")
    assert "proxy_read_timeout 1890s;" in text_of(front, "site")
    assert "worker_shutdown_timeout 1890s;" in text_of(front, "nginx")


def test_without_a_certificate_the_site_is_served_plainly(tmp_path):
    servers = text_of(written(tmp_path, front={"http_port": 8080}), "servers")

    assert "listen 0.0.0.0:8080;" in servers
    assert "ssl" not in servers


def test_plain_http_leads_to_the_public_address(tmp_path):
    tls = {"certificate": "/tls/a.pem", "certificate_key": "/tls/a.key", "https_port": 8443}
    public = {"public_url": "https://kb.company.lan"}

    named = written(tmp_path / "named", front=tls, service=public)
    unnamed = written(tmp_path / "unnamed", front=tls)

    assert "308 https://kb.company.lan$request_uri" in text_of(named, "servers")
    assert "308 https://$host:8443$request_uri" in text_of(unnamed, "servers")
    assert named.certificates.read_text() == "/tls/a.pem\n/tls/a.key\n"


def test_without_nodes_it_stands_before_the_web_server_of_this_machine(tmp_path):
    front = written(tmp_path, service={"host": "0.0.0.0", "port": 9000})

    assert front.nodes.read_text() == "127.0.0.1:9000\n"


def test_a_folder_can_be_written_for_another_machine(tmp_path):
    rendering.write(Front(tmp_path), Config(), at=rendering.Path("/srv/front"))

    assert 'include "/srv/front/site.conf";' in text_of(Front(tmp_path), "servers")
    assert str(tmp_path) not in "".join(one.read_text() for one in tmp_path.glob("*.conf"))


def test_writing_again_changes_nothing_and_opens_nothing(tmp_path):
    front = written(tmp_path)
    front.closed.touch()

    assert rendering.write(front, Config()) is False
    assert rendering.write(front, Config(front={"connections": 7})) is True
    assert front.closed.exists()


@pytest.mark.parametrize(
    "front",
    [
        {"nodes": ["10.0.0.1"]},
        {"nodes": ["10.0.0.1:80; server evil:1"]},
        {"certificate": "/a.pem"},
        {"certificate": "/a.pem; evil", "certificate_key": "/k"},
        {"http_port": 0},
        {"monitors": ["everyone"]},
        {"addresses": ["0.0.0.0; evil"]},
        {"access_log": "/dev/stdout json; evil"},
    ],
)
def test_what_nginx_could_not_read_is_refused(front):
    with pytest.raises(ValueError, match="front"):
        Config(front=front)

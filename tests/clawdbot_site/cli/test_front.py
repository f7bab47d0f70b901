"""`clawdbot front` and `clawdbot tls`."""

import json

import pytest
from typer.testing import CliRunner

from apps.core.errors import Invalid, NotFound
from clawdbot_site.cli import front, tls
from clawdbot_site.front import presence
from clawdbot_site.front.layout import Front


def call(app, *arguments):
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def state(folder, *, is_ready):
    nodes = [{"address": "10.0.0.1:8000", "ready": is_ready, "reason": "not ready: index"}]
    (folder / "run" / "nodes.json").write_text(json.dumps({"refusal": "", "nodes": nodes}))


def test_the_configuration_is_written_once(tmp_path):
    assert "written to" in call(front.app, "write", tmp_path).stderr
    assert "unchanged" in call(front.app, "write", tmp_path).stderr
    assert (tmp_path / "nginx.conf").is_file()


@pytest.mark.parametrize(("is_ready", "code", "word"), [(True, 0, " in "), (False, 1, " out ")])
def test_status_says_who_gets_requests(tmp_path, is_ready, code, word):
    call(front.app, "write", tmp_path)
    state(tmp_path, is_ready=is_ready)

    with presence.held(Front(tmp_path)):
        table = call(front.app, "status", tmp_path)

    assert (table.exit_code, word in table.stdout) == (code, True)
    assert json.loads(call(front.app, "status", tmp_path, "--json").stdout)["is_closed"] is False


def test_what_a_balancer_saw_that_is_gone_is_not_how_it_is(tmp_path):
    call(front.app, "write", tmp_path)
    state(tmp_path, is_ready=True)

    table = call(front.app, "status", tmp_path)

    assert table.exit_code == 1
    assert "no balancer works now" in table.stderr


def test_the_site_is_closed_and_opened(tmp_path):
    call(front.app, "write", tmp_path)

    call(front.app, "maintenance", "on", tmp_path)
    assert Front(tmp_path).closed.exists()
    call(front.app, "maintenance", "off", tmp_path)
    assert not Front(tmp_path).closed.exists()


@pytest.mark.parametrize("arguments", [("status",), ("maintenance", "on")])
def test_a_folder_without_a_front_is_told(tmp_path, arguments):
    with pytest.raises(NotFound, match="clawdbot front"):
        call(front.app, *arguments, tmp_path)


def test_an_authority_and_a_certificate_in_three_commands(tmp_path):
    call(tls.app, "ca", "--ca", tmp_path, "--only-for", "company.lan")
    issued = call(tls.app, "issue", "kb.company.lan", "--ca", tmp_path, "--to", tmp_path)
    shown = call(tls.app, "show", tmp_path / "certificate.pem", "--json")

    assert f"front.certificate: {tmp_path / 'certificate.pem'}" in issued.stderr
    assert json.loads(shown.stdout)["names"] == ["kb.company.lan"]


def test_a_certificate_is_for_the_public_address_unless_named(tmp_path, configured):
    call(tls.app, "ca", "--ca", tmp_path)
    with pytest.raises(Invalid, match=r"service\.public_url"):
        call(tls.app, "issue", "--ca", tmp_path, "--to", tmp_path)

    configured("service", public_url="https://kb.company.lan:8443")

    assert "kb.company.lan" in call(tls.app, "issue", "--ca", tmp_path, "--to", tmp_path).stderr

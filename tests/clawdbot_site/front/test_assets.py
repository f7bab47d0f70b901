"""Assets: packed, kept by nginx, found on whichever node has them."""

import gzip

import pytest

from tests.clawdbot_site.front import fronts
from tests.clawdbot_site.front.fronts import reply

TEXT = b"body { color: #123; } /* the same again */\n" * 100
FOR_EVER = {"content_type": "text/css", "cache_control": "max-age=315360000, public, immutable"}


def as_collected(handler):
    """What WhiteNoise does with a file that was packed when it was installed."""
    if "gzip" in handler.headers.get("Accept-Encoding", ""):
        return reply(handler, gzip.compress(TEXT), content_encoding="gzip", vary="Accept-Encoding",
                     **FOR_EVER)  # fmt: skip
    return reply(handler, TEXT, vary="Accept-Encoding", **FOR_EVER)


def asked_for(site, path, encodings):
    return site.ask(path, headers={"Accept-Encoding": encodings})


@pytest.fixture
def asset(site, node, request):
    """An asset that both nodes have, and nobody has asked for."""
    path = f"/static/{request.node.name}.css"
    node.answers[path] = as_collected
    return path


def test_the_packed_file_of_the_node_is_sent_as_it_is(site, asset):
    answer = asked_for(site, asset, "gzip, deflate")

    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.body) == TEXT


def test_browsers_that_read_brotli_get_it_where_nginx_has_it(site, asset):
    fronts.brotli_module()

    answer = asked_for(site, asset, "gzip, deflate, br")

    assert answer.headers["Content-Encoding"] == "br"
    assert len(answer.body) < len(TEXT) / 10
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_who_reads_nothing_packed_gets_it_plain(site, asset):
    for encodings in ("gzip", "br", "identity", "gzip"):
        asked_for(site, asset, encodings)

    answer = asked_for(site, asset, "identity")

    assert (answer.headers.get("Content-Encoding"), answer.body) == (None, TEXT)
    assert answer.headers["Cache-Control"] == FOR_EVER["cache_control"]


def test_nodes_are_asked_once(site, asset):
    for encodings in ("gzip", "gzip, deflate", "deflate, gzip;q=1.0", "gzip, zstd"):
        asked_for(site, asset, encodings)

    assert sum(one.seen.count(asset) for one in site.nodes) == 1


def test_during_an_upgrade_the_node_that_has_the_asset_is_found(site, node):
    path = "/static/of-the-new-version.css"
    old, new = site.nodes
    old.answers = {path: lambda handler: reply(handler, {}, status=404)}
    new.answers = {path: as_collected}

    answers = [asked_for(site, f"{path}?{number}", "gzip").status for number in range(4)]

    assert answers == [200] * 4


def test_an_asset_that_nobody_has_is_not_there(site, node):
    node.answers["/static/nothing.css"] = lambda handler: reply(handler, {"no": 1}, status=404)

    assert asked_for(site, "/static/nothing.css", "gzip").json == {"no": 1}


def test_pages_are_not_packed_since_they_hold_secrets(site, node):
    node.answers["/page"] = lambda handler: reply(handler, TEXT, content_type="text/html")

    assert asked_for(site, "/page", "gzip, br").headers.get("Content-Encoding") is None

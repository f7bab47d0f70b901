"""Fetching over connections that break: from where it was, and only what was meant."""

import os

import pytest

from apps.core import config
from apps.core.errors import Forbidden, Invalid, NotFound
from apps.modelhub import fetching
from apps.modelhub.fetching import Busy, Order, OutOfReach, Part, Passing
from apps.modelhub.files import NoRoom
from apps.modelhub.sources import source_of
from tests.services import free_port


@pytest.fixture
def fetch(hub):
    """Fetches what the hub has; the bytes that then are there."""

    def run(**changes):
        source = changes.get("source") or source_of(f"{hub.url}/models/tiny.gguf")
        part = Part.of(source.text)
        order = Order(**({"source": source, "part": part, "wait_s": 0.0} | changes))
        with part.locked():
            fetched = fetching.fetch(order)
        return fetched and part.path.read_bytes()

    return run


@pytest.fixture
def settings_of(monkeypatch):
    """Changes keys of a section of the configuration."""

    def change(section, **values):
        settings = config.load()
        changed = getattr(settings, section).model_copy(update=values)
        fresh = settings.model_copy(update={section: changed})
        monkeypatch.setattr(config, "load", lambda: fresh)

    return change


def test_a_file_is_fetched_whole(fetch, hub):
    assert fetch() == hub.content


def test_a_cut_connection_goes_on_from_where_it_was(fetch, hub):
    hub.cuts = [70_000, 60_000]

    assert fetch() == hub.content
    first, second, third = hub.ranges
    assert first is None
    assert 0 < int(second[6:-1]) < int(third[6:-1]) < len(hub.content)


def test_what_was_fetched_before_is_not_fetched_again(fetch, hub):
    hub.cuts = [150_000]
    with pytest.raises(Passing):
        fetch(attempts=1)
    kept = fetching.parts()[0].size

    assert fetch() == hub.content
    assert hub.ranges == [None, f"bytes={kept}-"]


def test_another_file_at_the_address_is_fetched_from_its_beginning(fetch, hub):
    hub.cuts = [150_000]
    with pytest.raises(Passing):
        fetch(attempts=1)

    hub.content, hub.etag = hub.content[:-8] + b"changed!", '"two"'

    assert fetch() == hub.content


def test_the_hubs_own_hash_tells_that_the_file_is_another_one(fetch, hub):
    hub.is_linked, hub.etag, hub.cuts = True, "", [150_000]
    with pytest.raises(Passing):
        fetch(attempts=1)

    hub.content = hub.content[:-8] + b"changed!"

    assert fetch() == hub.content


def test_a_server_that_sends_the_rest_of_another_file_is_noticed(fetch, hub):
    hub.cuts = [150_000]
    with pytest.raises(Passing):
        fetch(attempts=1)

    hub.content = hub.content[:20] + b"changed!" + hub.content[28:]
    hub.etag, hub.heeds_conditions = '"two"', False

    assert fetch() == hub.content


def test_a_server_without_ranges_or_tags_sends_it_all_again(fetch, hub):
    hub.knows_ranges, hub.etag, hub.cuts = False, "", [150_000]

    assert fetch() == hub.content
    assert hub.ranges == [None, None]


def test_a_part_that_is_whole_already_is_taken(fetch, hub):
    fetch()

    assert fetch() == hub.content
    assert hub.ranges == [None, f"bytes={len(hub.content)}-"]


def test_a_part_longer_than_the_file_is_not_believed(fetch, hub):
    fetch()
    with fetching.parts()[0].path.open("ab") as file:
        file.write(b"more")

    assert fetch() == hub.content


def test_it_is_given_up_after_several_tries_without_a_byte_more(fetch, hub):
    hub.status = 503

    with pytest.raises(Passing, match="busy or out of order"):
        fetch(attempts=3)
    assert len(hub.asked) == 3


def test_a_length_that_the_server_does_not_keep_to_is_a_broken_connection(fetch, hub):
    hub.claims = 10

    with pytest.raises(Passing):
        fetch(attempts=2)


def test_it_can_be_stopped_and_goes_on_later(fetch, hub):
    assert fetch(is_over=lambda: True) in (None, hub.content)

    assert fetch() == hub.content


def test_ctrl_c_leaves_what_was_fetched_for_the_next_time(fetch, hub):
    def interrupt(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(watch=interrupt)
    kept = fetching.parts()[0].size

    assert fetch() == hub.content
    assert hub.ranges == [None, f"bytes={kept}-"]


def test_a_redirect_is_followed_and_the_token_stays_at_the_hub(fetch, hub, settings_of):
    settings_of("serving", hub_url=hub.url, hub_token="secret")
    other = hub.url.replace("127.0.0.1", "localhost")
    hub.redirect = f"{other}/storage/tiny"
    source = source_of("hf:owner/repo/tiny.gguf")

    assert fetch(source=source) is not None
    (first, told), (second, then) = hub.asked
    assert (first, told["authorization"]) == (
        "/owner/repo/resolve/main/tiny.gguf", "Bearer secret",
    )  # fmt: skip
    assert (second, "authorization" in then) == ("/storage/tiny", False)


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://localhost/x", "gopher://x/"])
def test_a_redirect_out_of_the_web_is_not_followed(fetch, hub, settings_of, place):
    settings_of("serving", hub_url=hub.url)
    hub.redirect = place

    with pytest.raises(Invalid, match="not fetched from"):
        fetch(source=source_of("hf:owner/repo/tiny.gguf"))


def test_redirects_end(fetch, hub, settings_of):
    settings_of("serving", hub_url=hub.url)
    hub.redirect = f"{hub.url}/a/b/resolve/main/again.gguf"

    with pytest.raises(Invalid, match="without end"):
        fetch(source=source_of("hf:owner/repo/tiny.gguf"))


@pytest.mark.parametrize(
    ("status", "kind", "line"),
    [
        (404, NotFound, "There is no such file: http"),
        (401, Forbidden, "serving.hub_token"),
        (403, Forbidden, "members only"),
        (400, Invalid, "refused"),
    ],
)
def test_what_the_server_refuses_is_said_at_once(fetch, hub, status, kind, line):
    hub.status = status

    with pytest.raises(kind, match=line):
        fetch()
    assert len(hub.asked) == 1


def test_without_a_network_it_says_so_at_once_and_what_to_do(fetch):
    source = source_of(f"http://127.0.0.1:{free_port()}/tiny.gguf")

    with pytest.raises(OutOfReach, match=r"cannot be reached from here .* clawdbot model add PATH"):
        fetch(source=source, wait_s=60.0)


def test_a_web_page_is_no_model_and_is_not_fetched_to_its_end(fetch, hub):
    hub.content, hub.kind = b"<html>" + b"x" * 2**22, "text/html; charset=utf-8"

    with pytest.raises(Invalid, match=r"not a GGUF file \(text/html\)"):
        fetch()
    assert fetching.parts() == []


def test_a_file_larger_than_the_disk_is_refused_before_it_is_fetched(fetch, settings_of):
    settings_of("storage", min_free="1000TB")

    with pytest.raises(NoRoom, match="must stay free"):
        fetch()
    assert fetching.parts() == []


def test_one_file_is_fetched_by_one_at_a_time(fetch, hub):
    part = Part.of(f"{hub.url}/models/tiny.gguf")

    with part.locked(), pytest.raises(Busy, match="already"):
        fetch()


def test_a_part_that_became_a_model_is_not_the_lock_any_more(tmp_path):
    part = Part.of("somewhere")
    with part.locked():
        os.replace(part.path, tmp_path / "model.gguf")

        with part.locked():
            assert part.path.exists()

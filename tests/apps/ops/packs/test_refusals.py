"""What is no whole, unchanged pack of ours is refused with the reason, and nothing was changed."""

import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.errors import Invalid
from apps.ops.packs import importing
from apps.ops.packs.refusals import PackRefused
from apps.ops.packs.schema import NAMES
from tests.apps.ops.packs.packing import changed_line, everything, packed, repacked, taken

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT, HASHES, ROWS = "content/00000.jsonl", "vectors/00000.hashes.npy", "vectors/00000.rows.npy"
thorough = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def pack(finance, admin, tmp_path):
    return packed(finance, admin, tmp_path / "finance.ckb", has_history=True)


@pytest.fixture
def refusal(admin):
    """Imports a file, which must be refused and change nothing; the reason."""

    def of(path) -> str:
        before = everything()
        with pytest.raises(PackRefused) as caught:
            taken(path, admin, name="Copy")
        assert everything() == before
        return caught.value.message

    return of


def npy(array) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def array_of(data):
    return np.load(io.BytesIO(data))


@thorough
@given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_is_found_wherever_it_is(pack, refusal, tmp_path, share, bit):
    data = bytearray(pack.read_bytes())
    data[int(share * len(data))] ^= 1 << bit
    (tmp_path / "flipped.ckb").write_bytes(data)

    assert refusal(tmp_path / "flipped.ckb")


def test_a_directory_that_points_before_the_file_is_found(pack, refusal, tmp_path):
    data = bytearray(pack.read_bytes())
    at = data.rindex(b"PK\x05\x06") + 16  # where the directory begins
    data[at : at + 4] = (int.from_bytes(data[at : at + 4], "little") + 2**24).to_bytes(4, "little")
    (tmp_path / "moved.ckb").write_bytes(data)

    assert "cut off" in refusal(tmp_path / "moved.ckb")


@thorough
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_pack_that_was_cut_off_is_found(pack, refusal, tmp_path, share):
    data = pack.read_bytes()
    (tmp_path / "short.ckb").write_bytes(data[: int(share * len(data))])

    assert refusal(tmp_path / "short.ckb")


@pytest.mark.parametrize("keep", [-1, -10, -70, -200, 400])
def test_a_cut_off_pack_is_told_from_a_foreign_file(pack, refusal, tmp_path, keep):
    (tmp_path / "short.ckb").write_bytes(pack.read_bytes()[:keep])

    assert "cut off" in refusal(tmp_path / "short.ckb")


def test_so_is_one_that_ends_with_an_original_that_is_a_zip_itself(pack, refusal, tmp_path):
    original = io.BytesIO()
    with zipfile.ZipFile(original, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    (tmp_path / "short.ckb").write_bytes(pack.read_bytes()[:400] + original.getvalue())

    assert "cut off" in refusal(tmp_path / "short.ckb")


def test_a_damaged_member_is_named(pack, refusal):
    data = pack.read_bytes()
    start = data.index(b"originals/") + 100
    pack.write_bytes(data[:start] + bytes([data[start] ^ 1]) + data[start + 1 :])

    assert refusal(pack).startswith("originals/")


@pytest.mark.parametrize("more", [b"x", b"\0" * 100, b"PK\x05\x06"])
def test_bytes_behind_the_end_are_found(pack, refusal, more):
    pack.write_bytes(pack.read_bytes() + more)

    assert refusal(pack)


def test_an_empty_file_is_told(refusal, tmp_path):
    (tmp_path / "empty.ckb").touch()

    assert refusal(tmp_path / "empty.ckb").startswith("The file is empty")


def test_a_text_is_no_pack(refusal, tmp_path):
    (tmp_path / "a.ckb").write_text("Dear all")

    assert "no knowledge pack" in refusal(tmp_path / "a.ckb")


def test_a_renamed_docx_is_no_pack(refusal, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.ckb", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")

    assert "without manifest.json" in refusal(tmp_path / "a.ckb")


def test_a_manifest_of_something_else_is_no_pack(refusal, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.ckb", "w") as archive:
        archive.writestr("manifest.json", json.dumps({"name": "extension", "version": 3}))

    assert "of something else" in refusal(tmp_path / "a.ckb")


def test_a_newer_format_asks_for_an_upgrade(pack, refusal, tmp_path):
    def newer(manifest):
        manifest |= {"version": 2, "by": "clawdbot 9.0"}

    path = repacked(pack, tmp_path / "new.ckb", promise=newer)
    assert "written by clawdbot 9.0" in refusal(path)
    assert "Upgrade" in refusal(path)


def test_a_zip_bomb_is_not_unpacked(refusal, tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.ckb", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps({"format": "clawdbot-pack", "version": 1}))
        with archive.open("collection.json", "w") as member:
            for _ in range(200):
                member.write(b"\0" * 2**20)

    assert "more than 200 times" in refusal(tmp_path / "bomb.ckb")


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "content/a.jsonl", "a.exe"])
def test_a_member_that_no_pack_has_is_refused(pack, refusal, tmp_path, name):
    path = repacked(pack, tmp_path / "a.ckb", change=lambda all_of: all_of.update({name: b"x"}))

    assert not NAMES.fullmatch(name)
    assert "no such member belongs" in refusal(path)


def test_a_member_that_is_there_twice_is_refused(pack, refusal):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(pack, "a") as archive:
        archive.writestr("grants.jsonl", "")

    assert "it is there twice" in refusal(pack)


def test_a_missing_member_is_named(pack, refusal, tmp_path):
    path = repacked(pack, tmp_path / "a.ckb", change=lambda all_of: all_of.pop("golden.jsonl"))

    assert refusal(path).startswith("golden.jsonl: it is missing")


def test_a_member_that_the_manifest_does_not_know_is_refused(pack, refusal, tmp_path):
    def forget(manifest):
        del manifest["members"]["curated.jsonl"]

    assert "curated.jsonl" in refusal(repacked(pack, tmp_path / "a.ckb", promise=forget))


def test_swapped_members_are_refused(pack, refusal, tmp_path):
    def swap(members):
        members["golden.jsonl"], members["curated.jsonl"] = (
            members["curated.jsonl"], members["golden.jsonl"]
        )  # fmt: skip

    assert "golden.jsonl, line 1" in refusal(repacked(pack, tmp_path / "a.ckb", change=swap))


def test_a_wrong_size_in_the_manifest_is_refused(pack, refusal, tmp_path):
    def shrink(manifest):
        manifest["members"]["grants.jsonl"]["size"] = 1

    assert "size is not that" in refusal(repacked(pack, tmp_path / "a.ckb", promise=shrink))


def test_a_wrong_hash_in_the_manifest_is_refused(pack, refusal, tmp_path):
    def lie(manifest):
        manifest["members"]["grants.jsonl"]["sha256"] = "0" * 64

    reason = refusal(repacked(pack, tmp_path / "a.ckb", promise=lie))
    assert reason.startswith("grants.jsonl: its bytes are not those")


@pytest.mark.parametrize(
    ("kind", "values", "reason"),
    [
        ("chunk", {"start": 10**6, "end": 10**6 + 1}, "outside of the text"),
        ("chunk", {"start": 0, "end": 1}, "hash is not that of its text"),
        ("chunk", {"context": "x"}, "hash is not that of its text"),
        ("chunk", {"page": 77}, "page is not there"),
        ("chunk", {"ordinal": "0"}, "ordinal: Input should be a valid integer"),
        ("chunk", {"extra": 1}, "extra"),
        ("page", {"text": "a\0b"}, "null character"),
        ("page", {"number": 77}, "page is not there"),
        ("version", {"pages": 2}, "pages or chunks are missing"),
        ("version", {"is_live": False, "is_history_kept": True}, "must be live"),
        ("version", {"size": 3}, "size is not that of its version"),
        ("version", {"sha256": "0" * 64}, "it is missing"),
        ("version", {"media_type": "text/html\r\nX: 1"}, "media_type"),
        ("document", {"path": "../up"}, "not a plain relative path"),
        ("document", {"path": "a"}, "out of order|is in the pack|no document"),
        ("document", {"url": "javascript:alert(1)"}, "not a web address"),
        ("document", {"kind": "widget"}, "kind"),
    ],
)
def test_a_forged_line_is_named(pack, refusal, tmp_path, kind, values, reason):
    def forge(members):
        lines = members[CONTENT].splitlines()
        wanted = json.dumps({"kind": kind})[1:-1].replace(" ", "").encode()
        number = max(n for n, line in enumerate(lines) if wanted in line)
        changed_line(members, CONTENT, number, **values)

    message = refusal(repacked(pack, tmp_path / "forged.ckb", change=forge))
    assert any(part in message for part in reason.split("|")), message


@pytest.mark.parametrize("line", [b"{", b"[]", b"\xff\xfe", b'{"kind":"page"}', b"1" * 5000, b""])
def test_a_malformed_line_is_refused(pack, refusal, tmp_path, line):
    def break_it(members):
        members[CONTENT] += line + b"\n"

    assert "line" in refusal(repacked(pack, tmp_path / "a.ckb", change=break_it))


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        (ROWS, lambda rows: rows[:-1], "vectors for"),
        (ROWS, lambda rows: rows[:, :-1], "numbers, not"),
        (ROWS, lambda rows: rows * np.float16(2), "no vector of length 1"),
        (ROWS, lambda rows: np.where(rows == rows[0, 0], np.float16("nan"), rows), "length 1"),
        (ROWS, lambda rows: rows.astype(np.float32), "no table of float16"),
        (HASHES, lambda keys: keys[::-1], "out of order"),
        (HASHES, lambda keys: np.repeat(keys[:1], len(keys), axis=0), "there twice"),
        (HASHES, lambda keys: np.sort(255 - keys, axis=0), "not in the pack|out of order"),
    ],
)
def test_forged_vectors_are_refused(pack, refusal, tmp_path, name, change, reason):
    def forge(members):
        members[name] = npy(change(array_of(members[name])))

    message = refusal(repacked(pack, tmp_path / "a.ckb", change=forge))
    assert any(part in message for part in reason.split("|")), message


def test_an_array_of_python_objects_is_not_loaded(pack, refusal, tmp_path):
    def forge(members):
        members[ROWS] = npy(np.array([{"a": 1}], dtype=object))

    assert "no NumPy array" in refusal(repacked(pack, tmp_path / "a.ckb", change=forge))


def test_an_original_that_no_version_has_is_refused(pack, refusal, tmp_path):
    name = "originals/2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"

    path = repacked(pack, tmp_path / "a.ckb", change=lambda all_of: all_of.update({name: b"x"}))
    assert "no version has it" in refusal(path)


def test_an_original_must_have_the_hash_of_its_name(pack, refusal, tmp_path):
    def forge(members):
        name = next(name for name in members if name.startswith("originals/"))
        members[name] = members[name][:-1] + b"!"

    assert "hash that is its name" in refusal(repacked(pack, tmp_path / "a.ckb", change=forge))


def test_what_the_manifest_promises_must_be_there(pack, refusal, tmp_path):
    def promise(manifest):
        manifest["counts"]["chunks"] += 1

    assert "it promises" in refusal(repacked(pack, tmp_path / "a.ckb", promise=promise))


@pytest.mark.parametrize("name", ["grants.jsonl", "golden.jsonl", "curated.jsonl"])
def test_nothing_may_speak_of_a_document_that_is_not_there(pack, refusal, tmp_path, name):
    def forge(members):
        members[name] = members[name].replace(b'"notes/', b'"nowhere/')

    assert "there is no document" in refusal(repacked(pack, tmp_path / "a.ckb", change=forge))


def test_a_disk_that_is_too_small_is_told_before_anything_is_written(pack, admin, monkeypatch):
    monkeypatch.setattr(importing.shutil, "disk_usage", lambda _: type("Disk", (), {"free": 5})())
    before = everything()

    with pytest.raises(Invalid, match="MB of free disk"):
        taken(pack, admin, name="Copy")
    assert everything() == before

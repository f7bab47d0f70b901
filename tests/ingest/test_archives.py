"""Zip files are read safely: bombs, odd names, encryption, archives in archives."""

import io
import struct
import zipfile

import pytest

from apps.core import config
from ingest.archives import members
from ingest.loaders.protocol import LoadError


def write_zip(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def read_all(path):
    return {member.path: b"".join(member.read()) for member in members(path)}


def refusal(path):
    with pytest.raises(LoadError) as error:
        read_all(path)
    return error.value.code


def test_members_are_read_and_system_files_left_out(tmp_path):
    path = write_zip(
        tmp_path / "a.zip", {"d/a.txt": "x", "d/": "", "__MACOSX/d/._a.txt": "m", ".DS_Store": "m"}
    )

    assert read_all(path) == {"d/a.txt": b"x"}


def test_names_cannot_leave_the_folder(tmp_path):
    names = ["../../etc/passwd", "/abs.txt", "C:\\win\\a.txt", "a/./b/../c.txt"]

    assert list(read_all(write_zip(tmp_path / "a.zip", dict.fromkeys(names, "x")))) == [
        "etc/passwd", "abs.txt", "win/a.txt", "a/b/c.txt",
    ]  # fmt: skip


def test_names_in_gbk_are_read_as_chinese(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"X" * len("员工手册.txt".encode("gbk")): "x"})
    path.write_bytes(path.read_bytes().replace(b"X" * 12, "员工手册.txt".encode("gbk")))

    assert list(read_all(path)) == ["员工手册.txt"]


def test_a_bomb_is_refused_while_it_unpacks(tmp_path):
    assert refusal(write_zip(tmp_path / "a.zip", {"a.txt": b"0" * (8 << 20)})) == "bomb"


def test_too_many_files_are_refused(tmp_path):
    most = config.load().ingest.max_archive_files

    assert (
        refusal(write_zip(tmp_path / "a.zip", {f"{i}.txt": "" for i in range(most + 1)}))
        == "too_many_files"
    )


def test_an_archive_in_an_archive_is_refused(tmp_path):
    inner = io.BytesIO()
    write_zip(inner, {"a.txt": "x"})

    assert refusal(write_zip(tmp_path / "a.zip", {"b.zip": inner.getvalue()})) == "nested_archive"


def test_an_encrypted_member_is_refused(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.txt": "x"})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", data, data.index(signature) + offset, 1)
    path.write_bytes(data)

    assert refusal(path) == "encrypted"


@pytest.mark.parametrize(("content", "code"), [(b"PK\x03\x04 no", "damaged"), (None, "empty")])
def test_a_broken_or_empty_archive_has_a_reason(tmp_path, content, code):
    path = write_zip(tmp_path / "a.zip", {})
    if content:
        path.write_bytes(content)

    assert refusal(path) == code

"""What a node does for itself, whichever node the schedule's rings reach."""

import os
import time

import pytest

from apps.core import config
from apps.knowledge import blobs
from apps.knowledge.blob_stores import aside
from clawdbot_site.supervision import node_chores

pytestmark = pytest.mark.django_db


def left_by_a_killed_process(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"what somebody sent")
    os.utime(path, (time.time() - 2 * 86_400,) * 2)
    return path


def test_what_killed_processes_left_on_this_node_goes():
    packs = config.load().data_dir / "packs"
    left = [aside.folder() / f"{aside.PREFIX}upload", packs / "export-killed" / "pack.ckb"]
    for path in left:
        left_by_a_killed_process(path)

    node_chores.do_once()

    assert [path.exists() for path in left] == [False, False]


def test_what_killed_processes_left_in_the_shared_place_goes_a_day_later():
    with blobs.incoming([b"under way"]) as blob:
        old = left_by_a_killed_process(blob.path.parent / f"{aside.PREFIX}dead")

        node_chores.do_hourly()

        assert (old.exists(), blob.path.exists()) == (False, True)

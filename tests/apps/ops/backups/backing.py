"""What tests of backups do often: make one, empty the installation, put it back, compare."""

import os
import shutil
import signal

from django.db import transaction

from apps.core import config
from apps.knowledge import blob_places
from apps.ops.backups import loading, making, repository, restoring, schema

PASSPHRASE = "correct horse battery staple"


def quiet(*_):
    """Tells nobody how far it is."""


def backed_up(place, **options):
    """A backup made there."""
    values = {"passphrase": PASSPHRASE, "may_be_open": True} | options
    return making.backup_create(making.BackupOrder(place, **values), quiet)


def opened(place, passphrase=PASSPHRASE):
    """The backups there."""
    return repository.repository_open(place, passphrase=passphrase)


def restored(place, snapshot="", passphrase=PASSPHRASE):
    """What came back of a backup."""
    order = restoring.RestoreOrder(place, passphrase, snapshot)
    return restoring.snapshot_restore(order, quiet)


def emptied():
    """As an installation that was set up just now."""
    with transaction.atomic():
        loading._empty(schema.models_there())
    for name in ("blobs", "index"):
        shutil.rmtree(config.load().data_dir / name, ignore_errors=True)
    blob_places._accepted.clear()


def everything():
    """Every row that is kept, by table, and the bytes of every original."""
    rows = {
        schema.label_of(model): sorted(map(str, model._base_manager.values_list()))
        for model in schema.models_kept()
    }
    blobs = config.load().data_dir / "blobs"
    files = [path for path in blobs.rglob("*") if path.is_file() and len(path.name) == 64]
    return rows, {path.name: path.read_bytes() for path in files}


def files_of(place):
    """Every object and snapshot in a folder of backups."""
    return [path for path in place.rglob("*") if path.is_file() and len(path.name) > 20]


def is_killed_at(number, work):
    """Whether the work was killed before its so-manieth file was written; in a process of its own,
    with a copy of the database in memory."""
    child = os.fork()
    if not child:
        _kill_before(number)
        try:
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def _kill_before(number):
    left, replace = [number], os.replace

    def ticking(*arguments, **options):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return replace(*arguments, **options)

    os.replace = ticking

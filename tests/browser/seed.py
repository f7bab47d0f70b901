"""What a fresh installation gets for the browser tests: people, their rights, the samples."""

from collections.abc import Mapping

from apps.accounts.users import user_create, user_get
from apps.knowledge.models import Collection, Permission
from apps.knowledge.services import access_grant
from apps.ops.first_visit import first_visit_finish
from clawdbot_site.installation.samples import load_new

ADMIN = "admin"
HANDBOOK = "Employee handbook · 员工手册"  # of samples/handbook/collection.yaml


def people_create(passwords: Mapping[str, str]) -> None:
    """The people of these names. `admin` may everything, and needs no first visit."""
    for name, password in passwords.items():
        user_create(name=name, password=password, is_admin=name == ADMIN)
    first_visit_finish(by=user_get(ADMIN))


def samples_load() -> None:
    """The samples, which all may read; `curator` manages the handbook, `writer` adds to it."""
    admin = user_get(ADMIN)
    load_new(admin)
    handbook = Collection.objects.get(name=HANDBOOK)
    for name, may in (("curator", Permission.MANAGE), ("writer", Permission.WRITE)):
        access_grant(collection=handbook, permission=may, to=user_get(name), by=admin)

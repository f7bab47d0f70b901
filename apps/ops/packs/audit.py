"""One line about each pack that was made or taken: in the log, and in the collection's history."""

import logging

from django.contrib.admin.models import CHANGE, LogEntry

from apps.accounts.models import User
from apps.knowledge.models import Collection

logger = logging.getLogger(__name__)


def record(by: User, collection: Collection, what: str) -> None:
    """Who did what with which collection."""
    logger.info("%s (%s): %s", collection.name, by.get_username(), what)
    LogEntry.objects.log_actions(
        user_id=by.pk,
        queryset=[collection],
        action_flag=CHANGE,
        change_message=what,
        single_object=True,
    )

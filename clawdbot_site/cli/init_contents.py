"""The steps of `clawdbot init` that need a node: collection, documents, question, people."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from apps.core.errors import ClawdbotError
from apps.core.traffic.protocols import Priority
from apps.generation.answers import Question
from apps.generation.suggestions import suggested_questions
from apps.knowledge.access import Scope, collections_of
from apps.knowledge.models import Collection, Permission
from apps.modelhub.files import folder
from apps.modelhub.services import Wishes, model_add
from apps.modelhub.sources import source_of
from apps.ops import first_visit
from apps.ops.first_visit import Admitted
from clawdbot_site.cli.ask import answered, show
from clawdbot_site.cli.console import note, out
from clawdbot_site.cli.ingest import files_of, submit, wait_for
from clawdbot_site.cli.init_options import Options
from clawdbot_site.cli.init_steps import STEPS
from clawdbot_site.cli.questions import ask, choose, heading, is_so, say
from clawdbot_site.cli.transfer import transfer
from clawdbot_site.installation.operator import ADMIN, first_password, operator
from ingest.submissions import OnConflict

NEW, LATER = "new", "later"


class Contents:
    """What is told is done; on a terminal, what is not told is asked."""

    def __init__(self, options: Options, asks: bool) -> None:
        self._options, self._asks, self._by = options, asks, operator()
        self._collection: Collection | None = None

    def made(self) -> dict[str, Any]:
        """All steps in their order; what came of each."""
        self._heading(5)
        self._collection = self._first_collection()
        self._heading(6)
        sent = self._documents()
        self._heading(7)
        answer = self._question()
        self._heading(8)
        people = self._people()
        if self._asks and self._collection is not None:
            first_visit.first_visit_finish(by=self._by)
        return {
            "collection": str(self._collection.uuid) if self._collection else None,
            "documents": sent,
            "answer": answer,
            "people": [{"name": one.user.username, "password": one.password} for one in people],
        }

    def _heading(self, number: int) -> None:
        if self._asks:
            heading(number, len(STEPS), STEPS[number - 1])

    def _first_collection(self) -> Collection | None:
        name = self._options.collection
        there = collections_of(self._by, Permission.WRITE).order_by("name")
        if not name and self._asks:
            kept = [(one.name, one.name) for one in there]
            chosen = choose("Collection", [(NEW, "A new one"), *kept, (LATER, "Later")], NEW)
            if chosen == LATER:
                return None
            name = ask("Name") if chosen == NEW else chosen
        if not name:
            return None
        found = there.filter(name=name).first()
        if found is not None:
            first_visit.first_collection_choose(uuid=found.uuid, by=self._by)
            return found
        is_open = not self._options.is_private
        if self._asks and is_open:
            is_open = is_so("May everybody who signs in read it?", usual=True)
        return first_visit.collection_begin(name=name, is_for_everyone=is_open, by=self._by)

    def _documents(self) -> int:
        if self._collection is None:
            return 0
        paths: Sequence[Path] = self._options.upload or ()
        if not paths and self._asks:
            typed = ask("File or folder (Enter: later)")
            paths = [Path(typed).expanduser()] if typed else []
        if not paths:
            return 0
        batch = submit(list(files_of(paths)), self._collection, self._by, OnConflict.REPLACE)
        wait_for(batch)
        for failure in batch.failures:
            note(f"{failure.path}: {failure.message}")
        return len(batch.documents) + len(batch.archives)

    def _question(self) -> str | None:
        scope = Scope.of(self._by)
        if self._collection is not None:
            scope = scope.narrowed([self._collection.uuid])
        text = self._options.question
        if not text and self._asks:
            near = suggested_questions(scope=scope, language="", limit=1)
            text = ask("Question (Enter: the one shown, or later)", near[0].text if near else "")
        if not text:
            return None
        asked = Question(text=text, scope=scope, user=self._by, priority=Priority.PORTAL)
        found = answered(asked)
        if not self._options.as_json:
            show(found)
        return found.text

    def _people(self) -> list[Admitted]:
        told = [
            self._admitted(name, self._options.group, self._options.permission)
            for name in self._options.people or ()
        ]
        while self._asks and (name := ask("Who may sign in? (Enter: nobody more)")):
            group = ask("Their group (may stay empty)", self._options.group)
            try:
                told.append(self._admitted(name, group, self._options.permission))
            except ClawdbotError as refusal:
                say(refusal.message)
        return told

    def _admitted(self, name: str, group: str, permission: str) -> Admitted:
        made = first_visit.person_admit(
            name=name,
            group=group,
            collection=self._collection,
            permission=Permission[permission.upper()],
            by=self._by,
        )
        if not self._options.as_json:
            note(f"the password of {name}, shown only now:")
            out.print(made.password, markup=False)
        return made


def login() -> str:
    """How the administrator gets in for the first time; empty once the password was changed."""
    password = first_password()
    return f"  login: {ADMIN} / {password}" if password else ""


def model_taken(path: Path) -> str:
    """Make a model of the file, where it lies; its name."""
    is_ours = path.is_relative_to(folder())
    with transfer() as watch:
        added = model_add(source_of(str(path)), Wishes(), is_in_place=not is_ours, watch=watch)
    return added.model.name

"""Contents for the browser tests, made inside a node (`Site.made`): each function prints JSON."""

import json
from collections.abc import Sequence
from uuid import UUID

from apps.accounts.models import User
from apps.accounts.users import user_get
from apps.generation.answer import answer
from apps.generation.answers import Question
from apps.generation.conversations import conversation_create
from apps.generation.models import Trace
from apps.generation.sharing import share_create
from apps.knowledge.access import Scope
from apps.knowledge.models import Collection, Document, Permission, Widget
from apps.knowledge.services import access_grant, collection_create
from apps.ops.first_visit import first_collection_choose
from apps.ops.reports.making import report_make
from apps.ops.reports.months import Month
from ingest.services import text_submit
from ingest.submissions import TextUpload

SCRIPT = "<img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}"
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3
RTL = "سياسة السفر والنفقات \u202e ABC"
EMOJI = "👩‍👩‍👧‍👦🏳️‍🌈🇨🇳"
NASTY = f"{SCRIPT} {RTL} {EMOJI} {LONG}"
NASTY_TEXT = f"""# {SCRIPT}

The zebra allowance is 4711 euros. {RTL} {EMOJI} [x](javascript:alert(3)) {SCRIPT} {LONG}

| {LONG} | {SCRIPT} |
| --- | --- |
| {RTL} | {LONG} |
"""


def collection_make(
    name: str, readers: Sequence[str], texts: dict[str, str], questions: Sequence[str] = ()
) -> None:
    """A collection for these readers with texts by their titles, of which each is a path too."""
    admin = user_get("admin")
    collection = collection_create(name=name[:200], by=admin)
    Collection.objects.filter(pk=collection.pk).update(suggested_questions=list(questions))
    for reader in readers:
        access_grant(
            collection=collection, permission=Permission.READ, to=user_get(reader), by=admin
        )
    made = {}
    for title, text in texts.items():
        upload = TextUpload(path=f"{title[:200]}.md", text=text, title=title[:300])
        document = text_submit(collection=collection, text=upload, by=admin).document
        made[title] = str(document.uuid) if document else ""
    _tell(collection=str(collection.uuid), documents=made)


def question_ask(name: str, question: str, collection: str = "") -> None:
    """An answered and shared question in a conversation of this person."""
    user: User = user_get(name)
    scope = Scope.of(user)
    if collection:
        scope = scope.narrowed([Collection.objects.get(uuid=collection).uuid])
    conversation = conversation_create(by=user)
    told = answer(Question(text=question, scope=scope, user=user, conversation=conversation))
    trace = Trace.objects.get(conversation=conversation)
    share = share_create(trace=trace.uuid, by=user)
    _tell(
        conversation=str(conversation.uuid),
        share=str(share.uuid),
        is_answered=told.is_answered,
        text=told.text,
    )


def widget_make(collection: str, origin: str) -> None:
    """A widget for the collection on pages of this origin."""
    found = Collection.objects.get(uuid=collection)
    Widget.objects.get_or_create(
        collection=found, defaults={"origins": [origin], "acts_as": user_get("reader")}
    )
    _tell()


def first_collection_take(collection: str) -> None:
    """The administrator's first visit goes on with this collection."""
    first_collection_choose(uuid=UUID(collection), by=user_get("admin"))
    _tell()


def places_find() -> None:
    """What the samples' pages are called by."""
    found = {
        "handbook": Document.objects.get(path="employee-handbook.docx"),
        "pdf": Document.objects.get(path="aurora-s2-manual.pdf"),
        "sheet": Document.objects.get(path="expense-limits.xlsx"),
        "mail": Document.objects.get(path="welcome.eml"),
    }
    collection = found["handbook"].collection
    _tell(
        collection=str(collection.uuid),
        collection_key=collection.pk,
        document_key=found["handbook"].pk,
        report_key=report_make(month=Month.now()).pk,
        **{name: str(document.uuid) for name, document in found.items()},
    )


def _tell(**told: object) -> None:
    print(json.dumps(told))  # noqa: T201  read by Site.made

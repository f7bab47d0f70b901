"""Scripts for an installation: a document with rare words, used in every way, then deleted."""

WORDS = ("Zyxquorvale", "鑫犇骉驫")

USE = """
import json
import numpy as np
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from rest_framework.test import APIClient
from apps.accounts.models import User
from apps.evaluation.golden_questions import GoldenDraft, golden_question_add
from apps.evaluation.golden_sets import golden_set_default
from apps.evaluation.models import EvaluationRun
from apps.evaluation.run_queue import Wanted
from apps.evaluation.running import run_now
from apps.generation.curated.writing import CuratedDraft, SourceDraft, curated_answer_save
from apps.knowledge.models import Chunk, Document
from apps.knowledge.services import collection_create
from apps.retrieval.models import Vector
from apps.retrieval import indexer
from ingest import runner, services
from ingest.submissions import Upload
by = User.objects.create_superuser("admin")
collection = collection_create(name="C", by=by)
TEXTS = {
    "a Zyxquorvale.txt": "The pump is serviced by the Zyxquorvale brigade every March.",
    "b Zyxquorvale.txt": "水泵每年三月由鑫犇骉驫检修队负责维护。",
    "c.txt": "The canteen opens at noon. Guests pay six euros.",
}
for path, text in TEXTS.items():
    upload = Upload(path=path, content=[text.encode()], title=path, metadata={"team": path})
    services.document_submit(collection=collection, upload=upload, by=by)
runner.drain()
indexer.catch_up()
client = APIClient(SERVER_NAME="localhost")
client.force_login(by)
traces = []
for question in ("Who services the pump every March?", "水泵每年三月由谁负责维护？"):
    made = client.post("/api/v1/conversations/", {}, format="json").json()["id"]
    asked = {"question": question, "conversation": made}
    given = client.post("/api/v1/ask/", asked, format="json").json()
    told = {"trace": given["trace"], "verdict": "down", "correct_answer": given["answer"],
            "comment": given["answer"]}
    client.post("/api/v1/feedback/", told, format="json", headers={"Idempotency-Key": made})
    client.post(f"/api/v1/traces/{given['trace']}/share/", {}, format="json")
    note = {"note": given["answer"]}
    client.post(f"/api/v1/traces/{given['trace']}/report/", note, format="json")
    traces.append((given["trace"], made, given["answer"]))
first = Document.objects.get(path__startswith="a ")
quote = "serviced by the Zyxquorvale brigade"
curated_answer_save(by=by, draft=CuratedDraft(
    collection, "The Zyxquorvale brigade.", ["Which brigade?"], [SourceDraft(first.uuid, quote)]))
golden_question_add(by=by, draft=GoldenDraft(collection, "Which?", ["Zyxquorvale"], [first.uuid]))
golden_question_add(by=by, draft=GoldenDraft(
    collection, "Who services the pump every March?", ["brigade"], [first.uuid]))
run = run_now(golden_set_default(collection), Wanted(EvaluationRun.Cause.BUTTON),
              progress=lambda stage, done, total: None)
assert "Zyxquorvale" in run.results.get(question__text__startswith="Who").answer
LogEntry.objects.create(user=by, content_type=ContentType.objects.get_for_model(Document),
    object_id=str(first.pk), object_repr=first.title, action_flag=2, change_message=first.title)
data = [
    np.frombuffer(bytes(vector.data), "<f2")
    for chunk in Chunk.objects.exclude(version__document__path="c.txt")
    for vector in Vector.objects.filter(text_sha256=chunk.text_sha256)
]
vectors = [row[8:24].astype(kind).tobytes().hex() for row in data for kind in ("<f2", "<f4")]
print(json.dumps({"answers": [answer for *_, answer in traces], "vectors": vectors}))
"""

DELETE = """
import json
from rest_framework.test import APIClient
from apps.accounts.models import User
from apps.knowledge.models import Document
client = APIClient(SERVER_NAME="localhost")
client.force_login(User.objects.get(username="admin"))
for document in Document.objects.exclude(path="c.txt"):
    print(client.delete(f"/api/v1/documents/{document.uuid}/").json()["erasure"])
"""

LOOK = """
import json
from django.conf import settings
from django.urls import reverse
plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.STORAGES["staticfiles"] = {"BACKEND": plain}
from rest_framework.test import APIClient
from apps.accounts.models import User
from apps.generation.models import Conversation, Feedback, Share, Trace
client = APIClient(SERVER_NAME="localhost")
client.force_login(User.objects.get(username="admin"))
seen = []
for trace in Trace.objects.all():
    seen += [f"/api/v1/traces/{trace.uuid}/", f"/admin/generation/trace/{trace.pk}/change/"]
for one in Feedback.objects.all():
    seen.append(f"/admin/generation/feedback/{one.pk}/change/")
seen += [f"/shared/{share.uuid}/" for share in Share.objects.all()]
for one in Conversation.objects.all():
    seen += [f"/api/v1/conversations/{one.uuid}/", reverse("conversation", args=[one.uuid])]
seen += ["/api/v1/conversations/", "/conversations/?q=brigade", "/admin/generation/feedback/",
    "/admin/generation/trace/", "/desk/", "/desk/answers/", "/desk/golden/", "/api/v1/documents/",
    "/api/v1/suggestions/", reverse("browse")]
for address in seen:
    found = client.get(address)
    print(address, found.status_code, b"".join(found).decode())
for text in ("Who services the pump?", "And when?", "serviced", "水泵由谁维护", "Which brigade?"):
    for call in ("ask", "search"):
        sent = {"question": text, "query": text}
        made = str(Conversation.objects.first().uuid)
        sent |= {"conversation": made} if call == "ask" else {}
        body = client.post(f"/api/v1/{call}/", sent, format="json").json()
        print(call, json.dumps(body, ensure_ascii=False))
"""

PURGE = """
from apps.knowledge.models import Erasure
from apps.ops import erasure
from apps.retrieval import indexer
erasure.purge()
indexer.purge_now()
erasure.purge()
print(Erasure.objects.filter(completed_at=None).count())
"""

STALE = """
import json, subprocess, sys
from apps.knowledge import changes
from apps.accounts.models import User
from apps.generation.answer import answer
from apps.generation.answers import Question
from apps.knowledge.access import Scope
from apps.retrieval import searched
from apps.retrieval.search import search
from tests.apps.ops.nothing_is_left import DELETE, PURGE
from django.db import connections

def found():
    by = User.objects.get(username="admin")
    scope = Scope.of(by)
    hits = search("Who services the pump every March?", scope=scope, top_k=10).hits
    given = answer(Question(text="Who services the pump every March?", scope=scope, user=by))
    return [[hit.text for hit in hits], given.text]

before = found()
held = searched.current()
searched.current = lambda: held
connections.close_all()
code = "import django; django.setup()\\n" + DELETE + PURGE
subprocess.run([sys.executable, "-c", code], check=True)
assert held.snapshot.manifest.change_seq < changes.latest()
print()
print(json.dumps([before, found()]))
"""

"""The main pages: who opens them, and where they are."""

from collections.abc import Mapping

from tests.browser.site import Site

# {names} come from contents.places_find and from the answer that `made` has asked.
PLACES: Mapping[str, tuple[str | None, str]] = {
    "sign-in": (None, "/login/"),
    "ask": ("reader", "/"),
    "conversation": ("curator", "/conversations/{conversation}/"),
    "conversations": ("curator", "/conversations/"),
    "shared": ("reader", "/shared/{share}/"),
    "documents": ("reader", "/documents/"),
    "collection": ("curator", "/collections/{collection}/"),
    "document": ("curator", "/documents/{handbook}/"),
    "source-text": ("reader", "/documents/{handbook}/pages/1/?start=0&end=40"),
    "source-grid": ("reader", "/documents/{sheet}/pages/1/"),
    "source-pdf": ("reader", "/documents/{pdf}/pages/1/"),
    "source-mail": ("reader", "/documents/{mail}/pages/1/"),
    "desk": ("curator", "/desk/"),
    "desk-answers": ("curator", "/desk/answers/"),
    "desk-new-answer": ("curator", "/desk/answers/new/"),
    "desk-golden": ("curator", "/desk/golden/"),
    "receipts": ("curator", "/receipts/"),
    "welcome-engine": ("admin", "/welcome/engine/"),
    "welcome-collection": ("admin", "/welcome/collection/"),
    "welcome-upload": ("admin", "/welcome/upload/"),
    "welcome-question": ("admin", "/welcome/question/"),
    "welcome-people": ("admin", "/welcome/people/"),
    "not-found": ("reader", "/nowhere/"),
}
ADMIN_PLACES: Mapping[str, tuple[str | None, str]] = {
    "admin-home": ("admin", "/admin/"),
    "admin-collections": ("admin", "/admin/knowledge/collection/"),
    "admin-collection": ("admin", "/admin/knowledge/collection/{collection_key}/change/"),
    "admin-documents": ("admin", "/admin/knowledge/document/"),
    "admin-document": ("admin", "/admin/knowledge/document/{document_key}/change/"),
    "admin-spans": ("admin", "/admin/knowledge/document/{document_key}/text/"),
    "admin-sources": ("admin", "/admin/sources/"),
    "admin-retrieval": ("admin", "/admin/try-retrieval/?q=annual+leave&answer=1"),
    "admin-dashboard": ("admin", "/admin/dashboard/?range=15m"),
    "admin-requests": ("admin", "/admin/dashboard/requests/?range=15m"),
    "admin-nodes": ("admin", "/admin/nodes/"),
    "admin-golden-sets": ("admin", "/admin/evaluation/goldenset/"),
    "admin-why-not": ("admin", "/admin/why-not/?q=annual+leave&document=employee-handbook.docx"),
    "admin-anomalies": ("admin", "/admin/ops/anomaly/"),
    "admin-anomaly-rules": ("admin", "/admin/ops/anomalypolicy/"),
    "admin-reports": ("admin", "/admin/ops/monthlyreport/"),
    "admin-report": ("admin", "/admin/ops/monthlyreport/{report_key}/change/"),
    "admin-own-costs": ("admin", "/admin/ops/owncost/"),
    "admin-users": ("admin", "/admin/accounts/user/"),
}
QUESTION = "How many unused days of leave are carried over?"
ANSWER_LESS = "What is the name of the director's parrot?"


def names_of(site: Site) -> dict[str, object]:
    """What fills the addresses; asks a question that is answered and one that is not."""
    told = site.made("places_find")
    asked = site.made("question_ask", "curator", QUESTION, told["collection"])
    site.made("question_ask", "writer", ANSWER_LESS, told["collection"])
    return told | asked

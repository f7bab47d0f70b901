"""The REST API's addresses."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from apps.api import schema  # noqa: F401  registers how our sign-in appears in it
from apps.api.views.access import ExplainAccess
from apps.api.views.addresses import UnknownAddress
from apps.api.views.anomalies import AnomalyList
from apps.api.views.answers import GiveFeedback, TraceDetail
from apps.api.views.ask import Ask
from apps.api.views.collections import CollectionDetail, CollectionList, SyncDiff
from apps.api.views.contents import DocumentChunks, DocumentFile, DocumentPage
from apps.api.views.conversations import ConversationDetail, ConversationList
from apps.api.views.docs import Docs
from apps.api.views.documents import DocumentDetail, DocumentList, DocumentRetry, VersionDetail
from apps.api.views.grants import DocumentGrantDetail, DocumentGrants
from apps.api.views.jobs import ErasureDetail, JobDetail, JobDocuments, MyData
from apps.api.views.limits import MyLimits
from apps.api.views.nodes import NodeList
from apps.api.views.profiles import ProfileList
from apps.api.views.reports import ReportTrace
from apps.api.views.search import Search
from apps.api.views.shares import TraceShare
from apps.api.views.suggestions import Suggestions
from apps.api.views.summary import OpsSummary
from apps.api.views.uploads import CollectionDocuments, CollectionImport
from apps.api.widget.views import WidgetToken

v1 = [
    path("collections/", CollectionList.as_view()),
    path("collections/<uuid:uuid>/", CollectionDetail.as_view()),
    path("collections/<uuid:uuid>/documents/", CollectionDocuments.as_view(), name="documents_add"),
    path("collections/<uuid:uuid>/documents/import/", CollectionImport.as_view()),
    path("collections/<uuid:uuid>/sync/diff/", SyncDiff.as_view()),
    path("documents/", DocumentList.as_view()),
    path("documents/<uuid:uuid>/", DocumentDetail.as_view()),
    path("documents/<uuid:uuid>/file/", DocumentFile.as_view()),
    path("documents/<uuid:uuid>/pages/<int:number>/", DocumentPage.as_view()),
    path("documents/<uuid:uuid>/chunks/", DocumentChunks.as_view()),
    path("documents/<uuid:uuid>/versions/<uuid:version>/", VersionDetail.as_view()),
    path("documents/<uuid:uuid>/retry/", DocumentRetry.as_view()),
    path("documents/<uuid:uuid>/grants/", DocumentGrants.as_view()),
    path("documents/<uuid:uuid>/grants/<uuid:grant>/", DocumentGrantDetail.as_view()),
    path("jobs/<uuid:uuid>/", JobDetail.as_view()),
    path("jobs/<uuid:uuid>/documents/", JobDocuments.as_view()),
    path("me/data/", MyData.as_view()),
    path("me/limits/", MyLimits.as_view()),
    path("erasures/<uuid:uuid>/", ErasureDetail.as_view()),
    path("search/", Search.as_view()),
    path("ask/", Ask.as_view()),
    path("profiles/", ProfileList.as_view()),
    path("feedback/", GiveFeedback.as_view()),
    path("traces/<uuid:uuid>/", TraceDetail.as_view()),
    path("traces/<uuid:uuid>/report/", ReportTrace.as_view()),
    path("traces/<uuid:uuid>/share/", TraceShare.as_view()),
    path("suggestions/", Suggestions.as_view()),
    path("conversations/", ConversationList.as_view()),
    path("conversations/<uuid:uuid>/", ConversationDetail.as_view()),
    path("widget/token/", WidgetToken.as_view()),
    path("explain-access/", ExplainAccess.as_view()),
    path("ops/nodes/", NodeList.as_view()),
    path("ops/anomalies/", AnomalyList.as_view()),
    path("ops/summary/", OpsSummary.as_view()),
]

urlpatterns = [
    path("v1/", include(v1)),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="docs"),
    re_path(r"^", UnknownAddress.as_view()),
]

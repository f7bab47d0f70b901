"""Searching."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.narrowing import filters_from, scope_from
from apps.api.serializers.answers import SearchResultSerializer, SearchSerializer
from apps.api.signed_in import user_of
from apps.core import metering
from apps.generation.profiles import expansion_of
from apps.generation.traces import trace_record_search
from apps.retrieval.search import search


class Search(APIView):
    """Passages for a query."""

    @extend_schema(
        operation_id="search",
        summary="Search",
        request=SearchSerializer,
        responses=SearchResultSerializer,
    )
    def post(self, request: Request) -> Response:
        """The passages of readable documents that fit best."""
        form = SearchSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        metering.asked(asked["query"])
        scope = scope_from(request, asked.get("collections"))
        found = search(
            asked["query"],
            scope=scope,
            top_k=asked["top_k"],
            filters=filters_from(asked.get("filters")),
            expansion=expansion_of(asked["query"], scope=scope),
        )
        trace = trace_record_search(
            user=user_of(request), query=asked["query"], scope=scope, found=found
        )
        metering.traced(trace.uuid, generation=found.index_generation)
        row = {
            "hits": found.hits,
            "timings_ms": found.timings_ms,
            "degraded": found.degraded,
            "trace": trace.uuid,
        }
        return Response(SearchResultSerializer(row).data)

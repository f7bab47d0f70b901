"""Questions worth asking."""

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.narrowing import scope_from
from apps.api.serializers.conversations import SuggestionQuerySerializer, SuggestionsSerializer
from apps.api.widget.authentication import WITH_WIDGET
from apps.generation.suggestions import suggested_questions


class Suggestions(APIView):
    """What an empty question page offers."""

    authentication_classes = WITH_WIDGET

    @extend_schema(
        operation_id="suggestions",
        summary="Suggest questions",
        parameters=[SuggestionQuerySerializer],
        responses=SuggestionsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Of the collections' lists, of curators' answers, of what several people asked."""
        asked = SuggestionQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        collection = asked.validated_data.get("collection")
        found = suggested_questions(
            scope=scope_from(request, [collection] if collection else None),
            language=get_language() or "en",
            limit=asked.validated_data["limit"],
        )
        return Response(SuggestionsSerializer({"questions": found}).data)

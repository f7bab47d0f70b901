"""Profiles, by which questions are searched for and answered."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core import config
from apps.modelhub.profiles import NAMES, profile_for
from apps.modelhub.profiles.descriptions import DESCRIPTIONS


class ProfileSerializer(serializers.Serializer[Any]):
    """A profile, as `ask` and collections name it."""

    name = serializers.CharField()
    description = serializers.CharField()
    terms = serializers.IntegerField(help_text="Of its glossary.")
    is_default = serializers.BooleanField(
        help_text="Whether it is that of collections and requests that name none."
    )


class ProfileList(APIView):
    """The profiles that there are."""

    @extend_schema(
        operation_id="profiles_list",
        summary="List profiles",
        responses=ProfileSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """What `ask` and collections take as `profile`. They are few: the list has no pages."""
        usual = config.load().model.type
        rows = [
            {
                "name": name,
                "description": str(DESCRIPTIONS[name]),
                "terms": len(profile_for(name).glossary.terms),
                "is_default": name == usual,
            }
            for name in NAMES
        ]
        return Response(ProfileSerializer(rows, many=True).data)

"""What the caller may ask for, and what is used of it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.traffic import TellsLimits, caller_of
from apps.core.traffic.protocols import Limited
from apps.generation.admission import limits_used


class LimitSerializer(serializers.Serializer[Any]):
    """A limit. `resets_in_s`: until all of it is free again; 0 of `streams`, which end."""

    limit = serializers.ChoiceField(choices=[limited.value for limited in Limited])
    of = serializers.ChoiceField(choices=["user", "key"])
    most = serializers.IntegerField()
    used = serializers.IntegerField()
    resets_in_s = serializers.FloatField()


class LimitsSerializer(serializers.Serializer[Any]):
    """The limits there are; none: an empty list."""

    limits = LimitSerializer(many=True)


class MyLimits(TellsLimits):
    """The limits of whoever calls."""

    @extend_schema(
        operation_id="my_limits", summary="See your own limits", responses=LimitsSerializer
    )
    def get(self, request: Request) -> Response:
        """Of the key that is used, else of the user with all keys and pages. Counts nothing."""
        found = [
            {
                "limit": rule.limited,
                "of": rule.subject.partition(":")[0],
                "most": rule.most,
                "used": used.count,
                "resets_in_s": round(used.resets_in_s, 1),
            }
            for rule, used in limits_used(caller_of(request)).items()
        ]
        return Response(LimitsSerializer({"limits": found}).data)

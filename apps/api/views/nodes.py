"""The nodes of the installation, as the dashboard shows them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.ops.nodes.selectors import NodeState, nodes


class MaySeeMachines(BasePermission):
    """Who sees the indexes of the nodes in the administration."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Superusers, and whom they gave this right."""
        return bool(request.user and request.user.has_perm("retrieval.view_nodeindex"))


class NodeProcessSerializer(serializers.Serializer[Any]):
    """A process of a node. `silent_s`: seconds since it told of itself, by the database's clock."""

    kind = serializers.CharField()
    host = serializers.CharField()
    pid = serializers.IntegerField()
    state = serializers.CharField()
    reason = serializers.CharField(help_text="Why it is not ready.")
    version = serializers.CharField()
    started_at = serializers.DateTimeField()
    silent_s = serializers.FloatField()
    is_silent = serializers.BooleanField()
    figures = serializers.DictField(help_text="memory_bytes, cpu, load, requests, tasks.")


class NodeSerializer(serializers.Serializer[Any]):
    """A node. `lag`: changes that its index lacks; null: it has none."""

    name = serializers.CharField()
    state = serializers.CharField(help_text=", ".join(state.value for state in NodeState))
    reason = serializers.CharField()
    roles = serializers.DictField(
        child=serializers.IntegerField(), help_text="Kinds of its living processes, and how many."
    )
    versions = serializers.ListField(child=serializers.CharField())
    generation = serializers.IntegerField()
    change_seq = serializers.IntegerField()
    lag = serializers.IntegerField(allow_null=True)
    load = serializers.FloatField()
    requests = serializers.IntegerField()
    memory_bytes = serializers.IntegerField()
    clock_offset_s = serializers.FloatField()
    processes = NodeProcessSerializer(many=True)


class NodeList(APIView):
    """Who is there."""

    permission_classes = [MaySeeMachines]

    @extend_schema(
        operation_id="ops_nodes", summary="List nodes", responses=NodeSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """With their processes, by name. They are few: the list has no pages."""
        return Response(NodeSerializer(nodes(), many=True).data)

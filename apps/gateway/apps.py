"""Django's registration of the gateway."""

from django.apps import AppConfig


class GatewayConfig(AppConfig):
    """Wire protocols of other vendors: OpenAI, Anthropic, Ollama."""

    name = "apps.gateway"

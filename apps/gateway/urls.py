"""The addresses of other vendors' protocols, at the root of the site as their clients expect."""

from django.urls import path, re_path

from apps.gateway.addresses import ModelDetail, Models, Unknown
from apps.gateway.anthropic.views import CountTokens, Messages
from apps.gateway.ollama.catalogue import Embed, NotManaged, OldEmbed, Running, Show, Tags, Version
from apps.gateway.ollama.views import Chat, Generate
from apps.gateway.openai.embeddings import Embeddings
from apps.gateway.openai.reranking import Rerank
from apps.gateway.openai.views import ChatCompletions, Completions

urlpatterns = [
    path("v1/chat/completions", ChatCompletions.as_view()),
    path("v1/completions", Completions.as_view()),
    path("v1/embeddings", Embeddings.as_view()),
    path("v1/rerank", Rerank.as_view()),
    path("v1/messages", Messages.as_view()),
    path("v1/messages/count_tokens", CountTokens.as_view()),
    path("v1/models", Models.as_view()),
    path("v1/models/<path:name>", ModelDetail.as_view()),
    path("api/chat", Chat.as_view()),
    path("api/generate", Generate.as_view()),
    path("api/tags", Tags.as_view()),
    path("api/ps", Running.as_view()),
    path("api/show", Show.as_view()),
    path("api/version", Version.as_view()),
    path("api/embed", Embed.as_view()),
    path("api/embeddings", OldEmbed.as_view()),
    re_path(r"^api/(?P<what>pull|push|create|copy|delete)$", NotManaged.as_view()),
    re_path(r"^v1(/|$)", Unknown.as_view()),
]

"""What tests of embedding generations say often: a second model, built beside the first."""

from apps.core.config import REPOSITORY
from apps.retrieval import generation_building, generation_switching, model_switch
from apps.retrieval.models import EmbeddingGeneration
from apps.retrieval.search import search

STATIC = REPOSITORY / "models" / "clawdbot-static"  # its vectors have another dimension


def built(folder=STATIC):
    """The generation of the model in that folder, READY."""
    generation = generation_building.planned(folder)
    model_switch.build_at_once(generation, lambda done, total: None)
    return EmbeddingGeneration.objects.get(pk=generation.pk)


def switched(folder=STATIC):
    """The same, in use."""
    generation = built(folder)
    generation_switching.flip(generation, by=None)
    return EmbeddingGeneration.objects.get(pk=generation.pk)


def legs_of(query, scope, text=None):
    """Which legs found the best hit (or that text), and what was degraded."""
    result = search(query, scope=scope, reading=False)
    hits = [hit for hit in result.hits if text in (None, hit.text)]
    return set(hits[0].legs), result.degraded

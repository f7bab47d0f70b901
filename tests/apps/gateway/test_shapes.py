"""What each protocol says while there is nothing to say, and when a reply breaks off."""

import json

import pytest

from apps.core.errors import Retryable
from apps.gateway.anthropic.shapes import AnthropicWriter
from apps.gateway.anthropic.shapes import Shape as AnthropicShape
from apps.gateway.asked import Ended, Waiting
from apps.gateway.ollama.shapes import OllamaWriter
from apps.gateway.ollama.shapes import Shape as OllamaShape
from apps.gateway.openai.shapes import OpenAIWriter, annotations
from apps.gateway.openai.shapes import Shape as OpenAIShape
from apps.gateway.sources import Site
from apps.generation.upstream import Usage

SITE = Site("http://kb")
QUEUED, BROKEN = Waiting(3, 4.26), Retryable("It broke.", code="engine_lost")
openai = OpenAIWriter(OpenAIShape("m", SITE), has_usage=False)
anthropic = AnthropicWriter(AnthropicShape("m", SITE))
ollama = OllamaWriter(OllamaShape("m", SITE))


def test_openai_is_told_the_place_in_the_queue_by_a_comment():
    assert openai.waiting(QUEUED) == ": queued position=3 wait_s=4.3\n\n"
    assert openai.waiting(None) == ": keep-alive\n\n"


def test_anthropic_is_pinged():
    assert anthropic.waiting(None) == 'event: ping\ndata: {"type": "ping"}\n\n'
    assert '"position": 3, "wait_s": 4.3' in anthropic.waiting(QUEUED)


def test_ollama_gets_lines_without_text():
    line = json.loads(ollama.waiting(QUEUED))

    assert (line["message"]["content"], line["done"], line["position"]) == ("", False, 3)


@pytest.mark.parametrize("writer", [openai, anthropic, ollama])
def test_a_broken_reply_has_no_end(writer):
    told = writer.failed(BROKEN)

    assert "It broke." in told
    assert not any(end in told for end in ("[DONE]", "message_stop", '"done"'))


def test_a_reply_that_was_cut_says_so():
    ended = Ended("length", Usage(5, 7))

    assert '"finish_reason": "length"' in openai.end("", ended)
    assert '"stop_reason": "max_tokens"' in anthropic.end("", ended)
    assert '"done_reason": "length"' in ollama.end("", ended)


def test_every_mark_of_a_known_source_is_a_link():
    sources = [{"n": 2, "url": "http://kb/2", "title": "Two"}]

    links = annotations("甲 [2]，乙 [1][2]。", sources)

    assert [
        (one["url_citation"]["start_index"], one["url_citation"]["end_index"]) for one in links
    ] == [(2, 5), (11, 14)]

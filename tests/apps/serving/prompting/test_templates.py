import pytest

from apps.serving.errors import ModelUnusable
from apps.serving.prompting.rendering import Renderer, TemplateBroken, TemplateRefuses
from apps.serving.prompting.templates import ChatTemplate
from tests.apps.serving.prompting.families import (
    CONVERSATION,
    FAMILIES,
    MISTRAL,
    QWEN3,
    SPECIALS,
)

ANYTHING = {"messages": [], "add_generation_prompt": True}
NO_TIME = (
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{{ 9 ** (9 ** 9) }}",
)


@pytest.fixture(scope="module")
def renderer():
    made = Renderer()
    yield made
    made.close()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_template_is_rendered_as_its_family_documents(family, renderer):
    source, expected = FAMILIES[family]

    assert ChatTemplate(source, SPECIALS, renderer).render(CONVERSATION) == expected


def test_a_template_that_refuses_system_texts_gets_them_before_the_first_question(renderer):
    template = ChatTemplate(MISTRAL, SPECIALS, renderer)

    assert str(template.habits) == "from the file; system texts go before the first question"


def test_a_file_without_a_template_gets_chatml_and_ends_with_its_turn(renderer):
    template = ChatTemplate("", SPECIALS, renderer)

    assert str(template.habits) == "none in the file: ChatML"
    assert "<|im_end|>" in template.stops


def test_variables_of_a_template_can_be_set(renderer):
    template = ChatTemplate(QWEN3, SPECIALS, renderer)

    prompt = template.render(CONVERSATION, {"enable_thinking": False})

    assert prompt.endswith("<|im_start|>assistant\n<think>\n\n</think>\n\n")


def test_variables_that_are_the_conversation_cannot_be_set(renderer):
    with pytest.raises(TemplateRefuses, match="messages cannot be set"):
        ChatTemplate("", SPECIALS, renderer).render(CONVERSATION, {"messages": []})


def test_what_a_template_refuses_is_told_in_its_own_words(renderer):
    twice = [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]

    with pytest.raises(TemplateRefuses, match="Roles must alternate"):
        ChatTemplate(MISTRAL, SPECIALS, renderer).render(twice)


def test_a_template_that_is_no_jinja_is_refused_when_the_model_is_loaded(renderer):
    with pytest.raises(ModelUnusable, match=r"chat template cannot be used: line 2"):
        ChatTemplate("ok\n{% for %}", SPECIALS, renderer)


@pytest.mark.parametrize("source", NO_TIME)
def test_a_template_that_never_ends_is_ended_and_the_next_one_is_rendered(source, renderer):
    with pytest.raises(TemplateBroken, match="more than half a second"):
        renderer.render(source, ANYTHING)

    assert renderer.render("{{ 6 * 7 }}", ANYTHING) == "42"


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'a' * 10 ** 10 }}",
        "{{ '%9999999999d' % 1 }}",
        "{% for n in range(9000) %}{{ 'a' * 1000 }}{% endfor %}",
    ],
)
def test_a_template_that_writes_without_end_is_refused(source, renderer):
    with pytest.raises(TemplateBroken, match=r"too much memory|more than 8,000,000 characters"):
        renderer.render(source, ANYTHING)


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.listdir('/') }}",
        "{{ self._TemplateReference__context.environment.loader }}",
        "{{ messages.append(1) }}",
        "{% include '/etc/passwd' %}",
        "{{ raise_exception.__globals__ }}",
    ],
)
def test_a_template_does_not_get_out_of_its_sandbox(source, renderer):
    try:
        text = renderer.render(source, ANYTHING)
    except TemplateRefuses:
        text = ""

    assert text == ""

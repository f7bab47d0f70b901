"""Asking: cited answers, refusals, streams, limits."""

import pytest

from apps.core.errors import Invalid, NotFound, Overloaded
from apps.generation import wording
from apps.generation.answer import MAX_CHARACTERS, answer, answer_stream
from apps.generation.answers import Answer, Question, StatusEvent, TokenEvent
from apps.generation.conversations import conversation_create
from apps.generation.engines import builtin
from apps.generation.models import Trace
from apps.knowledge.access import Scope
from apps.knowledge.models import Collection, Page
from apps.retrieval.protocols import Calibration, Read, Span
from apps.retrieval.reader import loading
from tests.factories import UserFactory


class FirstSentence:
    """A reader that takes the first word of anything for a likely answer."""

    sha256, languages, at_once = "0" * 64, frozenset({"en", "zh"}), 8
    calibration = {"en": Calibration(), "zh": Calibration()}

    def read(self, question, passages, **limits):
        return [Read(3.0, (Span(0, len(text.split()[0]), 3.0),)) for _, text in passages]


@pytest.fixture
def asked_of_a_stranger(scope, reader, monkeypatch):
    """Asks without the reader of the release: confidence is 0.5, which is what is needed."""
    monkeypatch.setattr(loading, "reader", FirstSentence)
    monkeypatch.setattr(builtin, "calibration_of", lambda question: Calibration())
    return lambda: answer(Question(text="How much paid leave is there?", scope=scope, user=reader))


def test_a_collection_may_ask_for_surer_answers(asked_of_a_stranger, collection):
    usual = asked_of_a_stranger()
    Collection.objects.filter(pk=collection.pk).update(min_confidence=0.51)
    strict = asked_of_a_stranger()

    assert (usual.is_answered, strict.is_answered) == (True, False)
    assert usual.text == "Employees get 25 days of paid leave a year. [1]"
    assert usual.short_answer == "Employees"


def test_an_english_question_is_answered_in_the_documents_words(scope, reader):
    question = "How many days of paid leave do employees get?"

    given = answer(Question(text=question, scope=scope, user=reader))

    assert given.is_answered
    assert "Employees get 25 days of paid leave a year. [1]" in given.text
    assert "25" in given.short_answer
    assert given.citations[0].support == "supported"


def test_a_chinese_question_is_answered_in_the_documents_words(scope, reader):
    given = answer(Question(text="员工出差的住宿费标准是多少？", scope=scope, user=reader))

    assert given.is_answered
    assert "员工出差的住宿费标准为每晚500元。 [1]" in given.text
    assert given.citations[0].title == "差旅报销制度"


def test_a_citation_is_an_exact_span_of_the_versions_text(scope, reader):
    given = answer(Question(text="Who designed the printer?", scope=scope, user=reader))

    cited = given.citations[0]
    text = Page.objects.get(version__uuid=cited.version).text
    assert text[cited.start : cited.end] == cited.quote
    assert "Anna Keller" in cited.quote


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What is the capital of Peru?", "en"),
        ("公司的股票代码是什么？", "zh-hans"),
        ("董事長的辦公室電話號碼是多少？", "zh-hant"),
    ],
)
def test_what_the_documents_do_not_say_is_refused_in_the_questions_language(
    question, language, scope, reader
):
    given = answer(Question(text=question, scope=scope, user=reader))

    assert not given.is_answered
    assert given.text in {wording.NOT_FOUND[language], wording.NOTHING_NEAR[language]}
    assert given.citations == ()
    assert given.short_answer == ""


def test_a_refusal_shows_the_nearest_passages(scope, reader):
    asked = Question(text="Does the printer support duplex scanning?", scope=scope, user=reader)

    given = answer(asked)

    assert not given.is_answered
    assert given.nearest[0].title == "Printer manual"


def test_nothing_is_answered_from_what_the_asker_may_not_read(knowledge):
    outsider = UserFactory()
    asked = Question(text="Who designed the printer?", scope=Scope.of(outsider), user=outsider)

    given = answer(asked)

    assert not given.is_answered
    assert given.nearest == ()


def test_a_stream_tells_its_stages_then_the_text_then_the_answer(scope, reader):
    asked = Question(text="Who designed the printer?", scope=scope, user=reader)

    *events, last = answer_stream(asked)

    tokens = [event.text for event in events if isinstance(event, TokenEvent)]
    assert events[:2] == [StatusEvent("searching"), StatusEvent("reading")]
    assert isinstance(last, Answer)
    assert "".join(tokens) == last.text


def test_a_refusal_streams_no_text(scope, reader):
    asked = Question(text="What is the capital of Peru?", scope=scope, user=reader)

    events = list(answer_stream(asked))

    assert not [event for event in events if isinstance(event, TokenEvent)]


@pytest.mark.parametrize("text", ["", " \n ", "x" * (MAX_CHARACTERS + 1)])
def test_an_empty_or_overlong_question_is_refused_at_the_call(text, reader):
    with pytest.raises(Invalid):
        answer_stream(Question(text=text, scope=Scope.of(reader), user=reader))


def test_a_question_beyond_the_places_is_told_where_it_stands_then_sent_away(reader, one_place):
    asked = Question(text="anything", scope=Scope.of(reader), user=reader)
    first, second = answer_stream(asked), answer_stream(asked)
    next(first)

    told = next(second)
    with pytest.raises(Overloaded) as refused:
        list(second)

    assert (told.stage, told.position) == ("queued", 0)
    assert refused.value.retry_after_s >= 1


def test_closing_a_stream_frees_its_place(reader, one_place):
    asked = Question(text="anything", scope=Scope.of(reader), user=reader)
    left = answer_stream(asked)
    next(left)

    left.close()

    assert isinstance(answer(asked), Answer)
    assert Trace.objects.count() == 1


def test_another_users_conversation_is_not_found(reader):
    theirs = conversation_create(by=UserFactory())
    asked = Question(text="Why?", scope=Scope.of(reader), user=reader, conversation=theirs)

    with pytest.raises(NotFound):
        answer_stream(asked)


def test_a_follow_up_is_searched_with_the_question_before_it(scope, reader):
    talk = conversation_create(by=reader)
    for text in ("Who designed the printer?", "And when?"):
        answer(Question(text=text, scope=scope, user=reader, conversation=talk))

    trace = talk.traces.latest("pk")
    assert trace.search_query == "And when? Who designed the printer?"
    assert "2014" in trace.answer
    talk.refresh_from_db()
    assert talk.title == "Who designed the printer?"

"""Failures are told in the reader's language."""

import pytest
from django.utils import translation

from apps.core.errors import Invalid
from ingest import jobs, reasons
from ingest.imports import parse_line
from ingest.models import JobStage, JobState
from ingest.selectors import job_status_of
from tests.factories import JobFactory

DETAILED = "The document has more than 3000 pages."


def test_a_chinese_reader_reads_the_sentence_of_the_code():
    with translation.override("zh-hant"):
        assert reasons.in_words("too_large", DETAILED).startswith("檔案過大")


def test_an_english_reader_keeps_the_details():
    assert reasons.in_words("too_large", DETAILED) == DETAILED


def test_an_unknown_code_falls_back_to_what_is_stored():
    with translation.override("zh-hans"):
        assert reasons.in_words("of_tomorrow", DETAILED) == DETAILED


def test_a_sentence_without_figures_is_translated_word_for_word():
    with pytest.raises(Invalid) as refusal:
        parse_line(b"{}")

    with translation.override("zh-hans"):
        assert reasons.in_words("invalid", refusal.value.message) == '此行不是带有 "text" 的对象。'


@pytest.mark.parametrize("code", sorted(reasons.REASONS))
def test_each_code_says_something_in_chinese(code):
    with translation.override("zh-hans"):
        assert any("\u4e00" <= char <= "\u9fff" for char in reasons.in_words(code, "stored"))


@pytest.mark.django_db
def test_what_is_stored_is_english_whatever_the_language_of_the_worker():
    job = JobFactory()
    [claimed] = jobs.claim(JobStage.EMBED)

    with translation.override("zh-hans"), jobs.recording_outcome([claimed]):
        parse_line(b"no JSON")

    job.refresh_from_db()
    assert job.error_message == "The line is not JSON."


@pytest.mark.django_db
def test_a_failed_job_tells_its_reason_and_its_problems_in_the_readers_language():
    problem = {"where": "a.bin", "code": "unsupported", "message": "Files of this kind (x)."}
    values = {"state": JobState.FAILED, "error_code": "nothing_readable", "error_message": "None."}
    job = JobFactory(**values, payload={"problems": [problem], "problem_count": 1})

    with translation.override("zh-hans"):
        status = job_status_of(job)

    assert status.error is not None
    assert status.error.message.startswith("其中的内容都未能收录")
    assert status.problems[0]["message"].startswith("不支持读取此类文件")

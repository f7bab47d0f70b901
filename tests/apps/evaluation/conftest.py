"""A small golden set as files."""

import json

import pytest

from apps.evaluation.runs import EvalRequest
from tests.admin_pages import (  # noqa: F401
    admin_client,
    admin_user,
    make_staff,
    plain_static_files,
)

CAPITALS = {
    "France": "Paris", "Japan": "Tokyo", "Peru": "Lima", "Kenya": "Nairobi", "Norway": "Oslo",
    "Egypt": "Cairo", "Cuba": "Havana", "Nepal": "Kathmandu", "Chile": "Santiago", "Iran": "Tehran",
}  # fmt: skip


@pytest.fixture
def request_files(tmp_path):
    """An EvalRequest on ten passages, a question for each, and one that nothing answers."""
    passages = [
        {
            "id": f"capital/{country}",
            "title": country,
            "text": f"The capital of {country} is {city}. Its parliament meets there every year.",
        }
        for country, city in CAPITALS.items()
    ]
    questions = [
        {
            "id": country,
            "question": f"What is the capital of {country}?",
            "answers": [city],
            "relevant": [f"capital/{country}"],
        }
        for country, city in CAPITALS.items()
    ]
    absent = [{"id": "x", "question": "How many litres of paint does the warehouse hold?"}]
    files = {"corpus": passages, "queries": questions, "unanswerable": absent}
    for name, rows in files.items():
        (tmp_path / name).write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return EvalRequest(*(tmp_path / name for name in files))

"""What `gather` writes, small and made up: towns, and when each was founded, in two languages."""

import json
import lzma
from pathlib import Path

from tokenizers import Tokenizer

from tests.small_reader import MODELS, random_bert
from training.bert_graph import Shape
from training.bilingual.shards import FIRST_WORD, token_row, write_rows

TOWNS = 48
SHAPE = Shape(layers=2, heads=2, hidden=64, max_tokens=512, epsilon=1e-12)
THINNED = {"questions": 20, "cloze": 60, "headed": 40}  # a run of scale 0.05 takes every nth
ENGLISH = "{name} is a town by the sea . It was founded in {year} by people of the hills ."
CHINESE = "{name}镇在海边，风景很好。这个镇在{year}年由山里来的人建立，房屋很旧，码头很大。"


def write_toy_data(folder: Path, write_english) -> Path:
    """`write_english` of training.bilingual.published. Returns `folder`."""
    folder.mkdir()
    english, chinese = _texts(ENGLISH, "town{}", 1500), _texts(CHINESE, "城{}", 1700)
    first = _tokenizer(english)
    first_size = first.get_vocab_size()
    both = _tokenizer([*english, *chinese])
    both.save(str(folder / "tokenizer.json"))
    write_english(random_bert(SHAPE, words=first_size, seed=0), first, both, folder)
    write_rows(token_row(both, english * 20, None), folder, "en")
    write_rows(token_row(both, chinese * 20, None), folder, "zh")
    _write(folder / "pairs.json.xz", list(zip(english, chinese, strict=True)) * 4)
    questions = [
        *_questions(english, "When was town{} founded ?", "squad", 0),
        *_questions(chinese, "城{}镇建立于哪一年？", "cmrc", TOWNS),
    ]
    passages = [
        *([f"town{n}", text, "en", f"squad-{n}"] for n, text in enumerate(english)),
        *([f"城{n}", text, "zh", f"cmrc-{n}"] for n, text in enumerate(chinese)),
    ]
    stored = {"passages": passages, "questions": _many(questions, "questions")}
    _write(folder / "questions.json.xz", stored)
    cloze = [
        [text.replace("?", "[MASK]"), passages[n][1], answers[0], passages[n][2]]
        for text, n, answers, _ in questions
    ]
    _write(folder / "cloze.json.xz", _many(cloze, "cloze"))
    headed = [[f"城{n}", "这个镇", text] for n, text in enumerate(chinese)]
    _write(folder / "headed.json.xz", _many(headed, "headed"))
    return folder


def _texts(pattern: str, name: str, year: int) -> list[str]:
    return [pattern.format(name=name.format(n), year=year + n) for n in range(TOWNS)]


def _questions(texts: list[str], pattern: str, source: str, first: int) -> list[list]:
    base = {"squad": 1500, "cmrc": 1700}[source]
    found = []
    for number, text in enumerate(texts):
        at = text.index(str(base + number))
        found.append([pattern.format(number), first + number, [[at, at + 4]], source])
    return found


def _many(rows: list, name: str) -> list:
    return [row for row in rows for _ in range(THINNED[name])]


def _tokenizer(texts: list[str]) -> Tokenizer:
    """As the shipped one, with the words of `texts` alone."""
    described = json.loads((MODELS / "clawdbot-embedder/tokenizer.json").read_text("utf-8"))
    whole = Tokenizer.from_str(json.dumps(described))
    vocabulary = {word: n for word, n in whole.get_vocab().items() if n < FIRST_WORD}
    asked = ["when was founded ?", "建立于哪一年？"][: 1 + any("镇" in text for text in texts)]
    for text in [*texts, *asked]:
        for word, _ in whole.pre_tokenizer.pre_tokenize_str(whole.normalizer.normalize_str(text)):
            vocabulary.setdefault(word, len(vocabulary))
    described["model"]["vocab"] = vocabulary
    return Tokenizer.from_str(json.dumps(described))


def _write(path: Path, value: object) -> None:
    path.write_bytes(lzma.compress(json.dumps(value).encode()))

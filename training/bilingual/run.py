"""Trains: `python -m training.bilingual.run embedder|reader --data D --out O`. Stages that are done
(their file is in O) are not repeated, so that short runs on a borrowed machine add up."""

import argparse
import json
import lzma
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from tokenizers import Tokenizer

from training.bilingual import (
    contrasting,
    corpora,
    examples,
    mining,
    pretraining,
    reading,
    validation,
)
from training.bilingual.masking import MaskedRows
from training.bilingual.network import Bert, MaskedLanguageModel, Reader, grown
from training.bilingual.published import english_weights, size_of
from training.bilingual.run_clock import Clock, load, save
from training.bilingual.shards import CLS, SEP, read_rows

HELD = {"squad": 22, "squad2": 14, "cmrc": 160, "drcd": 20, "tatqa": 20}
# How often each source is read in a round: Chinese questions are few.
TIMES = {"squad": 1, "squad2": 1, "cmrc": 3, "cmrc-trial": 3, "drcd": 3, "qed": 2, "covid": 1,
         "tatqa": 2, "cmrc2017": 1}  # fmt: skip
MOST_ALIKE = 12  # cloze questions with the same answer
SHARES = {"zh": 0.36, "en": 0.36, "headed": 0.08, "zh-crops": 0.14, "en-crops": 0.06}


@dataclass(slots=True)
class Run:
    """What every stage needs."""

    data: Path
    out: Path
    device: str
    scale: float  # of batches: 1 on a large accelerator, less in a rehearsal
    is_compiled: bool
    workers: int
    started: float = field(default_factory=time.monotonic)

    def log(self, text: str) -> None:
        """With the seconds since the start."""
        print(f"[{time.monotonic() - self.started:6.1f}] {text}", flush=True)

    def rows(self, number: int) -> int:
        """A batch size."""
        return max(4, int(number * self.scale) // 4 * 4)

    def read(self, name: str) -> object:
        """A JSON file of the data."""
        return json.loads(lzma.decompress((self.data / name).read_bytes()))

    @property
    def tokenizer(self) -> Tokenizer:
        """Without truncation."""
        return Tokenizer.from_file(str(self.data / "tokenizer.json"))

    def note(self, stage: str, figures: object) -> None:
        """Keep what was measured."""
        path = self.out / "figures.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps(known | {stage: figures}, indent=1))
        self.log(f"{stage}: {figures}")


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=["embedder", "reader"])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", default="8,6", help="of each stage, separated by commas")
    parser.add_argument("--layers", type=int, default=12, help="of the reader")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--workers", type=int, default=0)
    arguments = parser.parse_args(argv)
    torch.manual_seed(0)
    torch.set_float32_matmul_precision("high")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    run = Run(
        arguments.data, arguments.out, device, arguments.scale, arguments.compile, arguments.workers
    )
    run.out.mkdir(parents=True, exist_ok=True)
    minutes = [float(part) for part in arguments.minutes.split(",")]
    (_embedder if arguments.model == "embedder" else _reader)(run, minutes, arguments.layers)


def _embedder(run: Run, minutes: list[float], _layers: int) -> None:
    tokenizer = run.tokenizer
    size = size_of(tokenizer.get_vocab_size())
    bert = Bert(size, dropout=0.05).to(run.device)
    pairs = [(row[0], row[1]) for row in run.read("pairs.json.xz")]
    pairs = pairs[: max(200, int(len(pairs) * min(1, run.scale * 2)))]
    base = english_weights(extra=run.data / "base_extra.npz")
    teacher = Bert(size_of()).to(run.device)
    teacher.load_state_dict(base)
    taught = pretraining.translations(teacher, tokenizer, pairs, run.device)
    run.log(f"taught {len(pairs)}")
    if _is_missing(run, "embedder-pretrained.pt"):
        bert.load_state_dict(grown(base, size))
        _pretrain(run, bert, minutes[0], rows=512, taught=taught)
        save(bert, run.out / "embedder-pretrained.pt")
    bert.load_state_dict(load(run.out / "embedder-pretrained.pt"))
    found, asked, held = _examples(run, extra=_headed(run))
    pool = {language: _pool(found, language, asked=held) for language in ("en", "zh")}
    _measure(run, "embedder-pretrained", bert, found, held, pool)
    _mine(run, found, asked, bert)
    run.log("mined")
    everything = contrasting.Material(
        contrasting.passage_rows(found, run.device),
        {
            name: contrasting.question_pairs(
                _only(found, asked, name), "en" if name == "en" else "zh", run.device
            )
            for name in ("zh", "en", "headed")
        },
        {
            "zh": contrasting.crops(read_rows(run.data, "zh"), run.device, 3),
            "en": contrasting.crops(read_rows(run.data, "en"), run.device, 4),
        },
        taught,
        SHARES,
    )
    bert.dropout = 0.1
    contrasting.contrast(
        bert,
        everything,
        Clock(minutes[1], 2.5e-4, 100),
        device=run.device,
        rows=run.rows(512),
        log=run.log,
    )
    save(bert, run.out / "embedder.pt")
    _measure(run, "embedder", bert, found, held, pool)


def _reader(run: Run, minutes: list[float], layers: int) -> None:
    size = size_of(run.tokenizer.get_vocab_size(), layers)
    bert = Bert(size, dropout=0.05).to(run.device)
    if _is_missing(run, "reader-pretrained.pt"):
        bert.load_state_dict(grown(english_weights(extra=run.data / "base_extra.npz"), size))
        _pretrain(run, bert, minutes[0], rows=512)
        save(bert, run.out / "reader-pretrained.pt")
    bert.load_state_dict(load(run.out / "reader-pretrained.pt"))
    bert.dropout = 0.1
    reader = Reader(bert).to(run.device)
    if _is_missing(run, "reader-cloze.pt"):
        cloze = examples.prepare(_cloze(run), run.tokenizer)
        order = list(range(len(cloze.asked)))
        _read(run, reader, cloze, order, Clock(minutes[1], 2e-4), (128, 1))
        save(reader, run.out / "reader-cloze.pt")
    reader.load_state_dict(load(run.out / "reader-cloze.pt"))
    found, asked, held = _examples(run)
    english = Bert(size_of()).to(run.device)
    english.load_state_dict(english_weights(extra=run.data / "base_extra.npz"))
    _mine(run, found, [*asked, *held], english, dense=("en",))
    order = [n for n in asked for _ in range(TIMES[found.asked[n].source])]
    _read(run, reader, found, order, Clock(minutes[2], 1.5e-4), (64, 4))
    save(reader, run.out / "reader.pt")
    for language in ("en", "zh"):
        chosen = [n for n in held if found.asked[n].language == language]
        run.note(f"reader-{language}", validation.reader_figures(reader, found, chosen, run.device))


def _read(
    run: Run,
    reader: Reader,
    found: examples.Examples,
    order: list[int],
    clock: Clock,
    sizes: tuple[int, int],
) -> None:
    """`sizes`: questions of a batch, and candidates of each that do not answer it."""
    questions, negatives = sizes
    run.log(f"{len(order)} questions")
    groups = reading.Groups(
        found,
        order,
        questions=run.rows(questions),
        negatives=negatives,
        tokenizer=run.tokenizer,
        seed=negatives,
    )
    reading.train(reader, groups, clock, device=run.device, workers=run.workers, log=run.log)


def _pretrain(
    run: Run,
    bert: Bert,
    minutes: float,
    *,
    rows: int,
    taught: pretraining.Translations | None = None,
) -> None:
    model = MaskedLanguageModel(bert).to(run.device)
    size = bert.size.vocabulary
    chinese = MaskedRows(read_rows(run.data, "zh"), size, run.device, 1)
    english = MaskedRows(read_rows(run.data, "en"), size, run.device, 2)
    run.log("rows loaded")
    lessons = pretraining.Lessons(chinese, english, run.rows(rows), taught)
    pretraining.pretrain(
        model,
        lessons,
        Clock(minutes, 4e-4, 500),
        device=run.device,
        is_compiled=run.is_compiled,
        log=run.log,
    )


def _examples(
    run: Run, extra: Sequence[tuple] = ()
) -> tuple[examples.Examples, list[int], list[int]]:
    """Everything tokenised, the questions to train on, those held out."""
    stored = run.read("questions.json.xz")
    questions = corpora.QuestionSet()
    questions.passages = [corpora.Passage(*row) for row in stored["passages"]]
    questions.questions = [
        corpora.Question(text, passage, tuple(map(tuple, answers)), source)
        for text, passage, answers, source in stored["questions"]
    ]
    if run.scale < 0.5:
        questions.questions = questions.questions[:: max(1, int(1 / run.scale))]
    away = examples.split_articles(questions, held=HELD)
    for title, heading, passage in extra:
        questions.questions.append(
            corpora.Question(
                heading, len(questions.passages), ((0, min(30, len(passage))),), "headed"
            )
        )
        questions.passages.append(corpora.Passage(title, passage, "zh", f"headed-{title}"))
    found = examples.prepare(questions, run.tokenizer)
    is_away = [found.article_of[one.passage] in away for one in found.asked]
    asked = [n for n, gone in enumerate(is_away) if not gone]
    held = [
        number
        for language in ("en", "zh")
        for number in [
            n for n, gone in enumerate(is_away) if gone and found.asked[n].language == language
        ][:1500]
    ]
    run.log(f"questions {len(asked)}, held out {len(held)}, chunks {len(found.chunks)}")
    return found, asked, held


def _headed(run: Run) -> list[tuple]:
    rows = [tuple(row) for row in run.read("headed.json.xz")]
    return [row for row in rows if len(row[2]) > 40][:: 1 if run.scale > 0.5 else 40]


def _cloze(run: Run) -> corpora.QuestionSet:
    made = corpora.QuestionSet()
    rows = run.read("cloze.json.xz")[:: 1 if run.scale > 0.5 else 60]
    times = Counter(passage[a:b] for _, passage, (a, b), _ in rows)
    for question, passage, span, language in rows:
        if times[passage[span[0] : span[1]]] > MOST_ALIKE:
            continue  # a function word or a formula: nothing to learn from
        made.questions.append(
            corpora.Question(question, len(made.passages), (tuple(span),), "cloze")
        )
        made.passages.append(corpora.Passage("", passage, language, f"cloze-{len(made.passages)}"))
    return made


def _pool(found: examples.Examples, language: str, *, asked: Sequence[int]) -> list[int]:
    """Chunks to search: those of the held-out questions first, then others, 20,000 at most."""
    own = {found.asked[n].passage for n in asked}
    rest = [n for n, c in enumerate(found.chunks) if found.languages[c.passage] == language]
    return sorted(rest, key=lambda n: found.chunks[n].passage not in own)[:20000]


def _mine(
    run: Run,
    found: examples.Examples,
    asked: Sequence[int],
    bert: Bert,
    dense: Sequence[str] = ("en", "zh"),
) -> None:
    for language in ("en", "zh"):
        pool = [n for n, c in enumerate(found.chunks) if found.languages[c.passage] == language]
        chosen = [
            n for n in asked if found.asked[n].language == language and found.asked[n].answers
        ]
        texts = [found.chunk_text(n) for n in pool]
        best = mining.bm25_best(
            texts, [found.question_texts[n] for n in chosen], most=16, device=run.device
        )
        mining.add_negatives(found, chosen, pool, best)
        run.log(f"words mined, {language}")
        if language in dense:
            rows = [[CLS, *found.chunk_tokens(n)[:200], SEP] for n in pool]
            known = bert.size.vocabulary
            rows = [[token if token < known else 100 for token in row] for row in rows]
            asked_rows = [[CLS, *found.asked[n].tokens, SEP] for n in chosen]
            asked_rows = [[token if token < known else 100 for token in row] for row in asked_rows]
            near = mining.dense_best(
                pretraining.vectors_of(bert, rows, run.device),
                pretraining.vectors_of(bert, asked_rows, run.device),
                most=16,
                device=run.device,
            )
            mining.add_negatives(found, chosen, pool, near)


def _only(found: examples.Examples, asked: Sequence[int], kind: str) -> examples.Examples:
    """The same chunks with some of the questions."""
    from dataclasses import replace

    chosen = [n for n in asked if (found.asked[n].source == "headed") == (kind == "headed")]
    return replace(found, asked=[found.asked[n] for n in chosen])


def _measure(
    run: Run, stage: str, bert: Bert, found: examples.Examples, held: Sequence[int], pool: dict
) -> None:
    for language, chunks in pool.items():
        chosen = [n for n in held if found.asked[n].language == language]
        run.note(
            f"{stage}-{language}",
            validation.embedder_figures(bert, found, chosen, chunks, run.device),
        )


def _is_missing(run: Run, name: str) -> bool:
    return not (run.out / name).exists() and not (run.out / f"{name}.0").exists()


if __name__ == "__main__":
    main()

"""Trains: `python -m training.bilingual.run embedder|reader --data D --out O`. Stages that are done
(their file is in O) are not repeated, so that short runs on a borrowed machine add up."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch

from training.bilingual import (
    contrasting,
    examples,
    material,
    pretraining,
    reading,
    validation,
)
from training.bilingual.masking import MaskedRows
from training.bilingual.network import Bert, MaskedLanguageModel, Reader, grown
from training.bilingual.published import english_weights, size_of
from training.bilingual.run_clock import Clock, load, save
from training.bilingual.run_state import Run
from training.bilingual.shards import read_rows

# How often each source is read in a round: Chinese questions are few.
TIMES = {"squad": 1, "squad2": 1, "cmrc": 3, "cmrc-trial": 3, "drcd": 3, "qed": 2, "covid": 1,
         "tatqa": 2, "cmrc2017": 1}  # fmt: skip
SHARES = {"zh": 0.36, "en": 0.36, "headed": 0.08, "zh-crops": 0.14, "en-crops": 0.06}


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
    found, asked, held = material.questions(run, extra=material.headed(run))
    pool = {language: material.pool(found, language, asked=held) for language in ("en", "zh")}
    _measure(run, "embedder-pretrained", bert, found, held, pool)
    material.mine(run, found, asked, bert)
    run.log("mined")
    everything = contrasting.Material(
        contrasting.passage_rows(found, run.device),
        {
            name: contrasting.question_pairs(
                material.only(found, asked, name), "en" if name == "en" else "zh", run.device
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
        cloze = examples.prepare(material.cloze(run), run.tokenizer)
        order = list(range(len(cloze.asked)))
        _read(run, reader, cloze, order, Clock(minutes[1], 2e-4), (128, 1))
        save(reader, run.out / "reader-cloze.pt")
    reader.load_state_dict(load(run.out / "reader-cloze.pt"))
    found, asked, held = material.questions(run)
    english = Bert(size_of()).to(run.device)
    english.load_state_dict(english_weights(extra=run.data / "base_extra.npz"))
    material.mine(run, found, [*asked, *held], english, dense=("en",))
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

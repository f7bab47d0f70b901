"""Trains: `python -m training.bilingual.run embedder|reader --data D --out O`. Stages that are done
(their file is in O) are not repeated, so that short runs on a borrowed machine add up."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

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
from training.bilingual.team import Team

# How often each source is read in a round: Chinese questions are few.
TIMES = {"squad": 1, "squad2": 1, "cmrc": 3, "cmrc-trial": 3, "drcd": 3, "qed": 2, "covid": 1,
         "tatqa": 2, "cmrc2017": 1}  # fmt: skip
READ = {"zh": 0.62, "en": 0.2, "both": 0.18}  # of the windows with masked words
SHARES = {"zh": 0.36, "en": 0.36, "headed": 0.08, "zh-crops": 0.14, "en-crops": 0.06}


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=["prepare", "embedder", "reader"])
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
    run = Run(
        arguments.data,
        arguments.out,
        "cuda" if torch.cuda.is_available() else "cpu",
        arguments.scale,
        arguments.compile,
        arguments.workers,
    )
    run.out.mkdir(parents=True, exist_ok=True)
    minutes = [float(part) for part in arguments.minutes.split(",")]
    if arguments.model == "prepare":
        _material(run)
        _cloze(run)
    elif arguments.model == "embedder":
        _embedder(run, minutes)
    else:
        _reader(run, minutes, arguments.layers)


def _embedder(run: Run, minutes: list[float]) -> None:
    """Stages: masked words and translations; questions against passages."""
    base, taught = english_weights(run.data), None
    bert = Bert(size_of(base, run.tokenizer.get_vocab_size()), dropout=0.05).to(run.device)
    if _is_missing(run, "embedder-pretrained.pt"):
        taught = _taught(run, base)
        bert.load_state_dict(grown(base, bert.size))
        _pretrain(run, bert, minutes[0], taught=taught)
        save(bert, run.out / "embedder-pretrained.pt")
    if len(minutes) < 2 or not _is_missing(run, "embedder.pt"):
        return
    taught = taught or _taught(run, base)
    bert.load_state_dict(load(run.out / "embedder-pretrained.pt"))
    found, asked, held = _material(run)
    pool = {language: material.pool(found, language, asked=held) for language in ("en", "zh")}
    _measure(run, "embedder-pretrained", bert, found, held, pool)
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
    """Stages: masked words (alone of them for a team); cloze questions; questions."""
    base = english_weights(run.data)
    size = size_of(base, run.tokenizer.get_vocab_size(), layers)
    bert = Bert(size, dropout=0.05).to(run.device)
    if _is_missing(run, "reader-pretrained.pt"):
        is_begun = not _is_missing(run, "reader-begun.pt")  # an earlier run of this stage
        start = load(run.out / "reader-begun.pt") if is_begun else grown(base, size)
        bert.load_state_dict(start)
        team = Team()
        _pretrain(run, bert, minutes[0], team=team)
        if team.rank == 0:
            save(bert, run.out / "reader-pretrained.pt")
        team.close()
    if len(minutes) < 2 or not _is_missing(run, "reader.pt"):
        return
    bert.load_state_dict(load(run.out / "reader-pretrained.pt"))
    bert.dropout = 0.1
    reader = Reader(bert).to(run.device)
    if _is_missing(run, "reader-cloze.pt"):
        cloze = _cloze(run)
        order = list(range(len(cloze.asked)))
        _read(run, reader, cloze, order, Clock(minutes[1], 2e-4), (128, 1))
        save(reader, run.out / "reader-cloze.pt")
    reader.load_state_dict(load(run.out / "reader-cloze.pt"))
    found, asked, held = _material(run)
    order = [n for n in asked for _ in range(TIMES.get(found.asked[n].source, 0))]
    _read(run, reader, found, order, Clock(minutes[2], 1.5e-4), (64, 4))
    save(reader, run.out / "reader.pt")
    for language in ("en", "zh"):
        chosen = [n for n in held if found.asked[n].language == language]
        run.note(f"reader-{language}", validation.reader_figures(reader, found, chosen, run.device))


def _material(run: Run) -> tuple[examples.Examples, list[int], list[int]]:
    """Questions, the numbers of those to train on and of those held out, negatives mined with the
    pre-trained embedder."""

    def make() -> tuple[examples.Examples, list[int], list[int]]:
        found, asked, held = material.questions(run, extra=material.headed(run))
        weights = load(run.out / "embedder-pretrained.pt")
        bert = Bert(size_of(weights)).to(run.device)
        bert.load_state_dict(weights)
        material.mine(run, found, [*asked, *held], bert)
        return found, asked, held

    return run.kept("questions", make)


def _cloze(run: Run) -> examples.Examples:
    return run.kept("cloze", lambda: examples.prepare(material.cloze(run), run.tokenizer))


def _taught(run: Run, base: dict[str, Tensor]) -> pretraining.Translations:
    """What the published English model says of the English side of the pairs."""
    pairs = material.pairs(run)
    teacher = Bert(size_of(base)).to(run.device)
    teacher.load_state_dict(base)
    taught = pretraining.translations(teacher, run.tokenizer, pairs, run.device)
    run.log(f"taught {len(pairs)}")
    return taught


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
    reading.train(
        reader,
        groups,
        clock,
        workers=run.workers,
        is_compiled=run.is_compiled,
        log=run.log,
    )


def _pretrain(
    run: Run,
    bert: Bert,
    minutes: float,
    *,
    taught: pretraining.Translations | None = None,
    team: Team | None = None,
) -> None:
    team = team or Team()
    model = MaskedLanguageModel(bert).to(run.device)
    rows = {name: read_rows(run.data, name) for name in ("zh", "en")}
    rows["both"] = material.joined_pairs(run)
    texts = {
        name: (
            MaskedRows(row, bert.size.vocabulary, run.device, 10 * team.rank + place),
            READ[name],
        )
        for place, (name, row) in enumerate(rows.items(), start=1)
    }
    run.log("rows loaded")
    pretraining.pretrain(
        model,
        pretraining.Lessons(texts, run.rows(512), taught),
        Clock(minutes, 4e-4, 500),
        is_compiled=run.is_compiled,
        team=team,
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

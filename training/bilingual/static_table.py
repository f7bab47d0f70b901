"""Distils a trained embedder into one vector for each token, four bits a number:
`python -m training.bilingual.static_table --checkpoint F --data D --to models/clawdbot-static`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812  its usual name
from tokenizers import Tokenizer
from torch import Tensor

from training.bilingual.network import Bert, Size
from training.bilingual.pretraining import vectors_of
from training.bilingual.run_clock import load
from training.bilingual.shards import CLS, SEP
from training.bilingual.static_files import write_table
from training.bilingual.static_fitting import axes, fit, recall, summed
from training.bilingual.static_texts import LANGUAGES, StaticTexts, static_texts
from training.quantisation import quantise

DIMENSION, BITS = 192, 4  # eight bits are no better, fewer dimensions are worse
RARE = 1e-3  # a token that makes up this share of all texts counts half
MEASURED = 1500


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True, help="of the embedder")
    parser.add_argument("--data", type=Path, required=True, help="folder that gather made")
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--texts", type=int, default=40_000)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--dimension", type=int, default=DIMENSION)
    arguments = parser.parse_args(argv)
    torch.manual_seed(0)
    tokenizer = Tokenizer.from_file(str(arguments.data / "tokenizer.json"))
    found = static_texts(arguments.data, tokenizer, texts=arguments.texts, pairs=arguments.texts)
    teacher = _teacher(arguments.checkpoint)
    table = distilled(teacher, found, dimension=arguments.dimension, rounds=arguments.rounds)
    numbers, scales = quantise(table.numpy(), axis=1, bits=BITS)
    write_table(arguments.to, numbers, scales, tokenizer)
    shown = torch.from_numpy(numbers * scales)
    for language, figures in measured(teacher, shown, found).items():
        print(f"{language}, nearest of {MEASURED} passages: {figures}")


def distilled(teacher: Bert, found: StaticTexts, *, dimension: int, rounds: int) -> Tensor:
    """float32 (words, dimension): what the teacher says of each token alone, on the axes on which
    its texts lie, frequent tokens weighing less; then fitted to what it says of texts.

    Sources: model2vec (Minish Lab, 2024); smooth inverse frequency, Arora et al., ICLR 2017.
    """
    with torch.no_grad():
        words = vectors_of(teacher, [[CLS, n, SEP] for n in range(len(found.share))], "cpu")
        taught = vectors_of(teacher, [[CLS, *row, SEP] for row in found.texts], "cpu", 256)
    turned = axes(taught, dimension)
    weight = torch.from_numpy(RARE / (RARE + found.share)).float()
    start = (words @ turned) * weight[:, None]
    return fit(start, found.texts, taught @ turned, found.trained, rounds=rounds)


def measured(teacher: Bert, table: Tensor, found: StaticTexts) -> dict[str, dict[str, float]]:
    """Share of held-out questions whose passage is nearest, or among the ten nearest."""
    figures: dict[str, dict[str, float]] = {}
    for language in LANGUAGES:
        rows = [found.held[language].questions[:MEASURED], found.held[language].passages[:MEASURED]]
        with torch.no_grad():
            own = [vectors_of(teacher, [[CLS, *r, SEP] for r in part], "cpu", 256) for part in rows]
        kinds = {"teacher": own, "static": [F.normalize(summed(table, part)) for part in rows]}
        figures[language] = {
            f"{kind} {most}": round(recall(*pair, most), 3)
            for kind, pair in kinds.items()
            for most in (1, 10)
        }
    return figures


def _teacher(checkpoint: Path) -> Bert:
    state = load(checkpoint)
    layers = sum(name.endswith("attention.self.query.weight") for name in state)
    bert = Bert(Size(len(state["embeddings.word_embeddings.weight"]), layers=layers))
    bert.load_state_dict(state)
    return bert.eval()


if __name__ == "__main__":
    main()

"""What the stages are given to read: questions, cloze questions, headed passages, negatives."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from training.bilingual import corpora, examples, mining, pretraining
from training.bilingual.held_out import HELD, question_set
from training.bilingual.network import Bert
from training.bilingual.run_state import Run
from training.bilingual.shards import CLS, SEP, TokenRow, token_row

MOST_ALIKE = 12  # cloze questions with the same answer


def questions(
    run: Run, extra: Sequence[tuple] = ()
) -> tuple[examples.Examples, list[int], list[int]]:
    """Everything tokenised, the questions to train on, those held out."""
    questions = question_set(run.read("questions.json.xz"))
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


def headed(run: Run) -> list[tuple]:
    """(title, heading, passage), the passage long enough; few of them in a rehearsal."""
    rows = [tuple(row) for row in run.read("headed.json.xz")]
    return [row for row in rows if len(row[2]) > 40][:: 1 if run.scale > 0.5 else 40]


def pairs(run: Run) -> list[tuple[str, str]]:
    """(English, Chinese) sentences."""
    rows = [(row[0], row[1]) for row in run.read("pairs.json.xz")]
    return rows[: max(200, int(len(rows) * min(1, run.scale * 2)))]


def joined_pairs(run: Run) -> TokenRow:
    """Each pair as one text, either language first: what is masked in one can be read in the other
    (translation language modelling: Conneau and Lample, NeurIPS 2019)."""
    texts = [
        f"{english} [SEP] {chinese}" if number % 2 else f"{chinese} [SEP] {english}"
        for number, (english, chinese) in enumerate(pairs(run))
    ]
    return token_row(run.tokenizer, texts, None)


def cloze(run: Run) -> corpora.QuestionSet:
    """Each with a passage of its own."""
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


def pool(found: examples.Examples, language: str, *, asked: Sequence[int]) -> list[int]:
    """Chunks to search: those of the held-out questions first, then others, 20,000 at most."""
    own = {found.asked[n].passage for n in asked}
    rest = [n for n, c in enumerate(found.chunks) if found.languages[c.passage] == language]
    return sorted(rest, key=lambda n: found.chunks[n].passage not in own)[:20000]


def mine(
    run: Run,
    found: examples.Examples,
    asked: Sequence[int],
    bert: Bert,
    dense: Sequence[str] = ("en", "zh"),
) -> None:
    """Give the questions hard negatives: by words, and in `dense` by the vectors of `bert`."""
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


def only(found: examples.Examples, asked: Sequence[int], kind: str) -> examples.Examples:
    """The same chunks with some of the questions."""
    chosen = [n for n in asked if (found.asked[n].source == "headed") == (kind == "headed")]
    return replace(found, asked=[found.asked[n] for n in chosen])

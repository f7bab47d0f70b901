"""Title, headings and column names stand in front of a passage, the most telling first."""

from apps.retrieval.reader.prefixes import parted, prefix_ids

WORDS: dict[str, int] = {}


def encode(text):
    return [WORDS.setdefault(word, len(WORDS)) for word in text.split()]


def words_of(context):
    names = {number: word for word, number in WORDS.items()}
    ids = prefix_ids(context, encode)
    return " ".join(names.get(n) or next(w for w, m in WORDS.items() if m == n) for n in ids)


def test_a_context_has_parts():
    context = parted("Handbook\nLeave > Annual\n| City | Days |\n| --- | --- |")

    assert context.title == "Handbook"
    assert context.headings == ("Leave", "Annual")
    assert context.header == "| City | Days |"


def test_a_context_may_be_empty_or_a_title_with_a_table():
    assert parted("").title == ""
    assert parted("Prices\n| City | Days |").headings == ()


def test_title_headings_and_columns_stand_in_this_order():
    assert words_of("Handbook\nLeave > Annual\n| City |") == "Handbook Leave Annual | City |"


def test_a_long_title_leaves_room_for_the_innermost_heading():
    title = " ".join(f"t{n}" for n in range(40))

    kept = words_of(f"{title}\nOuter > Inner").split()

    assert kept == [*(f"t{n}" for n in range(22)), "Outer", "Inner"]


def test_of_many_headings_the_innermost_are_kept():
    path = " > ".join(f"h{n}a h{n}b h{n}c h{n}d h{n}e" for n in range(9))

    kept = words_of(f"Handbook\n{path}").split()

    assert kept[0] == "Handbook"
    assert kept[-1] == "h8e"
    assert "h7a" in kept
    assert "h6a" not in kept


def test_no_part_is_longer_than_its_room():
    long = " ".join(f"w{n}" for n in range(90))

    assert len(prefix_ids(f"{long}\n{long}\n| {long}", encode)) == 24 + 32

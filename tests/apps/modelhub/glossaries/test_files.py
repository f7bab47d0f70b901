"""Tables of terms: what is read, and what is told of lines that are no terms."""

import pytest

from apps.core.errors import Invalid
from apps.modelhub.glossaries import GlossaryTerm
from apps.modelhub.glossaries.files import terms_read

TERM = GlossaryTerm("delivery note", "送货单", ("DN", "隨貨單"), "comes with the goods")


@pytest.mark.parametrize(
    "text",
    [
        "delivery note\t送货单\tDN | 隨貨單\tcomes with the goods",
        "\ufeffEnglish\tChinese\tOther\tMeaning\r\n\r\n# ours\r\n"
        "delivery note\t送货单\tDN|隨貨單||\tcomes with the goods\r\n",
        'delivery note,送货单,"DN ｜ 隨貨單",comes with the goods',
    ],
)
def test_a_table_has_tabs_or_commas(text):
    assert terms_read(text) == [TERM]


def test_a_name_may_be_marked_as_ambiguous_and_a_side_may_be_missing():
    (term,) = terms_read("\t送货单\tDN?")

    assert (term.en, term.others, term.ambiguous) == ("", ("DN",), frozenset({"DN"}))


def test_each_bad_line_is_told_by_its_number():
    with pytest.raises(Invalid) as refused:
        terms_read(f"good\t好\n\t\tneither\n{'x' * 201}\t长\na\tb\tc\td\te\nok\t可\x07")

    lines = refused.value.details["lines"]
    assert [line.split(":")[0] for line in lines] == ["Line 2", "Line 3", "Line 4", "Line 5"]

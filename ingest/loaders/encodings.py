"""Which characters a text file means: byte order marks, UTF-8, and the legacy Chinese encodings."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 1 << 18
_SURE = 0.25  # share of kana and everyday characters that makes Japanese believable
_RARE, _SHORT = 0.08, 200  # longer Chinese text has at least this share of everyday characters
# The characters that running text cannot do without: they tell the double-byte encodings apart.
_COMMON = frozenset(
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可"
    "她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三"
    "已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女"
    "問來這個們為時會說國對過發後學沒經動現長開無見還進實樣當種聲點間話業東電車馬書請應該與報從資料"
    "公司第及元年度报告股份有限董事经营财务情况资产投资项目管理业务产品金额合计项本期末期初増額"
)
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_HAN = re.compile("[\u4e00-\u9fff]")
_META_CHARSET = re.compile(
    rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE
)


def detect(data: bytes, declared: str = "") -> str:
    """Name the codec of text bytes: BOM, then valid UTF-8, then what decodes to likely text.

    `declared` (a charset named by the file itself) is believed only when the bytes agree.
    Never fails: the last resort is cp1252.
    """
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return codec
    sample = data[:_SAMPLE_BYTES]
    if wide := _utf16_without_bom(sample):
        return wide
    if _decodes(sample, "utf-8"):
        return "utf-8"
    scored = {codec: _score(sample, codec) for codec in ("gb18030", "big5", "cp932", "euc_kr")}
    best = max(scored, key=lambda codec: scored[codec])
    known = _known(declared)
    if known and known not in {"utf-8", "ascii", "iso8859-1"} and _decodes(sample, known):
        return best if scored[best] > 0.5 and _score(sample, known) < scored[best] / 2 else known
    return best if scored[best] >= 0.15 else "cp1252"


def decode(data: bytes, declared: str = "") -> str:
    """Decode text bytes with the detected codec; what cannot be decoded becomes U+FFFD."""
    return data.decode(detect(data, declared), errors="replace")


def declared_charset(head: bytes) -> str:
    """The charset that an HTML or XML head names, or an empty string."""
    match = _META_CHARSET.search(head)
    return match[1].decode("ascii", "replace") if match else ""


def _known(name: str) -> str:
    try:
        codec = codecs.lookup(name).name if name else ""
    except LookupError:
        return ""
    return "gb18030" if codec in {"gb2312", "gbk"} else codec


def _decodes(sample: bytes, codec: str) -> bool:
    try:
        codecs.getincrementaldecoder(codec)().decode(sample)  # a character cut at the end is fine
    except UnicodeError:
        return False
    return True


def _utf16_without_bom(sample: bytes) -> str:
    pairs = len(sample) // 2
    if pairs < 2:
        return ""
    even, odd = sample[0 : pairs * 2 : 2].count(0), sample[1 : pairs * 2 : 2].count(0)
    if odd > 0.3 * pairs and even < 0.05 * pairs:
        return "utf-16-le"
    if even > 0.3 * pairs and odd < 0.05 * pairs:
        return "utf-16-be"
    return ""


def _score(sample: bytes, codec: str) -> float:
    """How much the non-ASCII characters look like running text of that language, 0..1."""
    text = sample.decode(codec, errors="replace")
    wide = [char for char in text if ord(char) > 0x7F]
    if not wide:
        return 0.0
    broken = text.count("\ufffd") / len(wide)
    han = len(_HAN.findall(text)) / len(wide)
    common = sum(char in _COMMON for char in wide) / len(wide)
    if codec == "euc_kr":
        good = 0.9 * len(_HANGUL.findall(text)) / len(wide)
    elif codec == "cp932":
        sure = len(_KANA.findall(text)) / len(wide) + common
        return max(0.0, sure + 0.3 * han - 2 * broken) if sure >= _SURE else 0.0
    else:
        good = 0.3 * han + 0.7 * common
    # Western accents stand alone between ASCII letters; double-byte text comes in runs.
    is_likely = _comes_in_runs(sample) and (common >= _RARE or len(wide) < _SHORT)
    return max(0.0, good - 2 * broken) if is_likely or codec == "euc_kr" else 0.0


def _comes_in_runs(sample: bytes) -> bool:
    runs = re.findall(rb"[\x80-\xff][\x40-\xff]*", sample)
    high = sum(byte > 0x7F for byte in sample)
    paired = len(re.findall(rb"[\x81-\xfe][\x80-\xfe]", sample))
    return bool(runs) and paired * 2 >= 0.6 * high

"""Makes the legacy character sets of RTF explicit: Chinese RTF writes GBK bytes, not Unicode."""

import re

# \fcharsetN of the font table ([MS-RTF] 1.9.1) -> codec; others follow \ansicpg.
_CHARSETS = {128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5", 161: "cp1253", 162: "cp1254",
             163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
             222: "cp874", 238: "cp1250"}  # fmt: skip
_FONT = re.compile(rb"\\f(\d+)[^{}\\]*(?:\\(?!fcharset)[a-z]+-?\d* ?)*\\fcharset(\d+)")
_TOKEN = re.compile(
    rb"\\f(\d+)(?![a-z0-9])"  # a font
    rb"|((?:\\'[0-9a-fA-F]{2}(?:[\r\n]*[\x20-\x5b\x5d-\x7a\x7c\x7e](?=\\'))?)+)"  # a run of bytes
    rb"|[{}]"
)
_AFTER_UNICODE = re.compile(rb"\\u-?\d+ ?$")  # what follows is for readers without Unicode
_BYTE = re.compile(rb"\\'([0-9a-fA-F]{2})|([^\r\n])")


def with_unicode(data: bytes) -> bytes:
    """RTF whose runs of escaped double-byte characters are \\uN escapes; the rest is as it was."""
    fonts = {
        int(number): _CHARSETS.get(int(charset), "") for number, charset in _FONT.findall(data)
    }
    page = re.search(rb"\\ansicpg(\d+)", data[:2000])
    default = _CODE_PAGES.get(int(page[1]), "") if page else ""
    if not default and not any(fonts.values()):
        return data
    codec, stack = default, [default]
    out: list[bytes] = []
    at = 0
    for match in _TOKEN.finditer(data):
        out.append(data[at : match.start()])
        at = match.end()
        if match[0] == b"{":
            stack.append(codec)
        elif match[0] == b"}":
            codec = stack.pop() if len(stack) > 1 else default
        elif match[1] is not None:
            codec = fonts.get(int(match[1])) or default
        is_fallback = _AFTER_UNICODE.search(data, max(0, match.start() - 12), match.start())
        out.append(
            _escaped(match[2], codec) if match[2] and codec and not is_fallback else match[0]
        )
    return b"".join([*out, data[at:]])


_CODE_PAGES = {936: "gb18030", 950: "big5", 932: "cp932", 949: "cp949", 1251: "cp1251"}


def _escaped(run: bytes, codec: str) -> bytes:
    raw = b"".join(bytes([int(code, 16)]) if code else plain for code, plain in _BYTE.findall(run))
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        return run
    return "".join(char if char.isascii() else _unicode(char) for char in text).encode()


def _unicode(char: str) -> str:
    units = char.encode("utf-16-le")
    codes = (
        int.from_bytes(units[i : i + 2], "little", signed=True) for i in range(0, len(units), 2)
    )
    return "".join(f"\\u{code}?" for code in codes)

"""Text of documents and people inside a prompt: data that cannot pass for parts of the prompt."""

import re
import unicodedata

# Control texts of the common chat formats: ChatML, Llama 2 and 3, Mistral, Gemma, Phi, GLM,
# DeepSeek.
_CONTROL = re.compile(
    r"<(?=\s*[|｜])"
    r"|<(?=/?(?:s|bos|eos|unk|pad|start_of_turn|end_of_turn|begin_of_text|end_of_text|think|"
    r"tool_call|tool_response|sys|sop|eop|start_of_image|end_of_image)>)"
    r"|<(?=<\s*/?SYS\s*>>)"
    r"|\[(?=\s*/?(?:INST|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|SYSTEM_PROMPT|THINK|"
    r"gMASK|sMASK)\])",
    re.IGNORECASE,
)
# Our own delimiters.
_DELIMITER = re.compile(r"<(?=\s*/?\s*(?:passage|question|terms)\b)", re.IGNORECASE)
_KEPT = "\n\t"


def as_data(text: str) -> str:
    """`text` without what a model or a template could take for structure.

    The first character of control texts (`<|im_start|>`, `[INST]`, ...) and of our own delimiters
    becomes a look-alike; characters that nobody sees (controls, tags, zero-width) go.
    """
    seen = "".join(char for char in text if char in _KEPT or not _is_hidden(char))
    return _DELIMITER.sub("‹", _CONTROL.sub(_look_alike, seen))


def as_attribute(text: str) -> str:
    """As `as_data`, on one line and without quotation marks."""
    return " ".join(as_data(text).replace('"', "'").replace("<", "‹").replace(">", "›").split())


def _look_alike(found: re.Match[str]) -> str:
    return "‹" if found[0] == "<" else "［"


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs")

"""Sets whose questions are spelled in the other Chinese characters than their passages."""

import json
import lzma
from pathlib import Path

from apps.modelhub.glossaries.script import simplified, traditional

SPELLED = {
    "cmrc_dev_traditional": ("cmrc_dev", traditional),
    "drcd_dev_simplified": ("drcd_dev", simplified),
}


def folder_of(shared: Path, name: str, *, scratch: Path) -> Path:
    """The folder of a set; one of SPELLED is written below `scratch` first."""
    if name not in SPELLED:
        return shared / "eval" / name
    source, spell = SPELLED[name]
    made = scratch / name
    made.mkdir(exist_ok=True)
    for file in (shared / "eval" / source).glob("*.jsonl.xz"):
        with lzma.open(file, "rt", encoding="utf-8") as source_rows:
            rows = [json.loads(row) for row in source_rows]
        with lzma.open(made / file.name, "wt", encoding="utf-8") as written:
            for row in rows:
                if "question" in row:
                    row["question"] = spell(row["question"])
                written.write(json.dumps(row, ensure_ascii=False) + "\n")
    return made

"""Takes out of a virtual environment what the product never loads. Usage: slim.py VENV

Every entry says why. tests/install proves that the product still works without them.
"""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

LANGUAGES_KEPT = {"en", "zh_Hans", "zh_Hant"}
# Folders or files below site-packages (glob) -> why nobody misses them.
UNUSED = {
    "onnxruntime/capi/libonnxruntime.so*": "for C programs; the Python binding has its own copy",
    "onnxruntime/transformers": "tools that make models; we only run them",
    "onnxruntime/quantization": "tools that make models",
    "onnxruntime/tools": "tools that make models",
    "onnxruntime/datasets": "examples",
    "drf_spectacular_sidecar/static/*/redoc": "our API page is Swagger UI",
    "drf_spectacular_sidecar/static/*/swagger-ui-dist/swagger-ui-es-bundle*": "other builds of it",
    "drf_spectacular_sidecar/static/*/swagger-ui-dist/swagger-ui.js*": "other builds of it",
    "django/contrib/gis": "maps",
    "faiss/contrib": "experiments",
    "numpy/f2py": "Fortran compiler interface",
    "numpy/distutils": "build system",
    "numpy/_core/include": "C headers",
    "numpy/_core/lib": "static libraries",
    "numpy/random/lib": "static libraries",
    "numpy/**/tests": "its own tests",
    "supervisor/tests": "its own tests",
    "jsonschema/tests": "its own tests",
    "jsonschema/benchmarks": "its own measurements",
    "referencing/tests": "its own tests",
    "PIL/_avif*": "kinds of images; reportlab imports Pillow, our reports hold none",
    "PIL/_webp*": "kinds of images",
    "PIL/_imagingcms*": "colours of printers",
    "PIL/_imagingft*": "text in images",
    "PIL/_imagingtk*": "windows",
    "pillow.libs/libavif*": "kinds of images",
    "pillow.libs/libwebp*": "kinds of images",
    "pillow.libs/libsharpyuv*": "kinds of images",
    "pillow.libs/liblcms2*": "colours of printers",
    "pillow.libs/libharfbuzz*": "text in images",
    "pillow.libs/libfreetype*": "text in images",
    "pillow.libs/libpng16*": "for freetype only",
    "pillow.libs/libbrotli*": "for freetype only",
    "reportlab/fonts": "ours are in apps/ops/reports",
    "**/*.po": "sources of translations; the compiled .mo stays",
}
# What rich shows, and what pytest imports (`make up`, then `make test` in the same folder).
LEXERS_KEPT = {"__init__", "_mapping", "diff", "python", "special", "text", "markup"}
EMPTY_SOURCE_MAP = {"version": 3, "sources": [], "names": [], "mappings": ""}


def unused(site: Path) -> Iterator[Path]:
    """What can go, inside site-packages."""
    for pattern in UNUSED:
        yield from site.glob(pattern)
    for locale in [
        *site.glob("*/locale"),
        *site.glob("*/conf/locale"),
        *site.glob("**/contrib/*/locale"),
    ]:
        yield from (
            folder
            for folder in locale.iterdir()
            if folder.is_dir() and folder.name not in LANGUAGES_KEPT | {"__pycache__"}
        )
    for lexer in site.glob("pygments/lexers/*.py"):  # colours for 500 languages nobody prints
        if lexer.stem not in LEXERS_KEPT:
            yield lexer


def slim(site: Path) -> None:
    """Delete what is unused. Safe to repeat."""
    for path in list(unused(site)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    # Browsers' debugging aids: emptied, not removed, for collectstatic follows the references.
    for source_map in site.glob("**/static/**/*.map"):
        source_map.write_text(json.dumps(EMPTY_SOURCE_MAP))


if __name__ == "__main__":
    for folder in Path(sys.argv[1]).glob("lib/python*/site-packages"):
        slim(folder)

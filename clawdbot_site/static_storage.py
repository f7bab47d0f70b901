"""Static files under names with their hash, so that browsers may keep them for good."""

import re
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Files in a folder with a version in its name keep their names: pdf.js builds the addresses of its
# worker's parts, character maps and fonts itself.
_VERSIONED = r"portal/vendor/[a-z]+-\d[\d.]*/"
# For WhiteNoise: what browsers may keep for ten years.
IMMUTABLE = rf"^/static/(?:{_VERSIONED}.+|.+\.[0-9a-f]{{12}}\.\w+)$"
_, _IMPORTS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names, also in the import lines of our JavaScript modules."""

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = ("portal/*.js", _IMPORTS)
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("clawdbot/*.js", _IMPORTS),
        ("ops/*.js", _IMPORTS),
    )

    def hashed_name(self, name: str, *args: Any, **kwargs: Any) -> str:
        """The name with its hash; as it is for files in a versioned folder."""
        if re.match(_VERSIONED, name):
            return name
        hashed: str = super().hashed_name(name, *args, **kwargs)
        return hashed

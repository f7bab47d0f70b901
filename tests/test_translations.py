"""The catalogs are whole, compiled, and hold every text of the sources."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils import translation

ROOT = Path(__file__).resolve().parents[1]
LOCALES = ("zh_Hans", "zh_Hant")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
TAG = re.compile(r"</?\w+")
SOURCES = ("apps", "ingest", "clawdbot_site")


def catalog(locale: str, *, root: Path = ROOT) -> polib.POFile:
    return polib.pofile(str(root / "locale" / locale / "LC_MESSAGES" / "django.po"))


def words(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


def texts(found: polib.POFile | polib.MOFile) -> dict[tuple[str, str], list[str]]:
    return {(entry.msgctxt or "", entry.msgid): words(entry) for entry in found}


@pytest.fixture(scope="module")
def extracted(tmp_path_factory) -> Path:
    """A copy of the sources with catalogs made afresh."""
    assert shutil.which("xgettext"), "xgettext is missing: apt-get install gettext"
    root = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        ignored = shutil.ignore_patterns("__pycache__", "static")
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    (root / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "-v0", "-l", "zh_Hans"]
    subprocess.run(command, cwd=root, check=True, env={"PATH": os.environ["PATH"]})
    return root


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_is_translated_and_none_is_fuzzy(locale):
    found = catalog(locale)

    assert [entry.msgid for entry in found if not all(words(entry))] == []
    assert [entry.msgid for entry in found if entry.fuzzy or entry.obsolete] == []


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("parts", [PLACEHOLDER, TAG], ids=["placeholders", "tags"])
def test_translations_keep_what_is_not_words(locale, parts):
    changed = [
        entry.msgid
        for entry in catalog(locale)
        for text in words(entry)
        if sorted(parts.findall(text)) != sorted(parts.findall(entry.msgid_plural or entry.msgid))
    ]

    assert changed == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_compiled_catalog_is_the_source_catalog(locale):
    source = catalog(locale)

    compiled = polib.mofile(str(Path(source.fpath).with_suffix(".mo")))

    assert texts(compiled) == texts(source)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_catalogs_hold_exactly_the_texts_of_the_sources(locale, extracted):
    wanted = set(texts(catalog("zh_Hans", root=extracted)))

    held = set(texts(catalog(locale)))

    assert held == wanted, "run `make messages` and translate what is new"


@pytest.mark.parametrize("locale", LOCALES)
def test_both_catalogs_differ_where_the_scripts_do(locale):
    only_simplified, only_traditional = set("们这网页问为库"), set("們這網頁問為庫")
    foreign = only_traditional if locale == "zh_Hans" else only_simplified

    mixed = [e.msgid for e in catalog(locale) if foreign & set("".join(words(e)))]

    assert mixed == []


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "文档库"), ("zh-hant", "文件庫")])
def test_the_languages_offered_find_their_catalogs(language, word):
    assert language in dict(settings.LANGUAGES)

    with translation.override(language):
        assert translation.gettext("collection") == word

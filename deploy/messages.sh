#!/bin/sh
# Renews the catalogs of locale/ from the sources, then compiles them. Needs gettext.
set -eu
cd "$(dirname "$0")/.."
django=$PWD/.venv/bin/django-admin
command -v xgettext >/dev/null || {
    echo "clawdbot: xgettext is missing; ask root for: apt-get install gettext" >&2
    exit 1
}
"$django" makemessages --verbosity 0 --locale zh_Hans --locale zh_Hant \
    --add-location=file --no-wrap --no-obsolete \
    --ignore '.*' --ignore build --ignore data --ignore tests --ignore benchmarks \
    --ignore training --ignore samples --ignore docs --ignore deploy
for catalog in locale/*/LC_MESSAGES/django.po; do
    sed -i '/^"POT-Creation-Date: /d' "$catalog" # it would differ in every run
    echo "$catalog: $(LC_ALL=C msgfmt --check-format --statistics -o "${catalog%.po}.mo" "$catalog" 2>&1)"
done

#!/bin/sh
# What the tests need from Debian: installed when root on Debian, otherwise named. In CI they must be there.
set -u
packages="redis-server postgresql chromium firefox-esr fonts-noto-cjk gettext build-essential systemd nginx libnginx-mod-http-brotli-filter curl openssl iproute2 prometheus"
missing=""
for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
        missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "clawdbot: installing for the tests:$missing"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086  # a list of words
    { apt-get -qq update && apt-get -qq install -y --no-install-recommends $missing; } >/tmp/clawdbot-apt.log 2>&1 && exit 0
    echo "clawdbot: apt-get failed: $(tail -1 /tmp/clawdbot-apt.log)" >&2
fi
echo "clawdbot: without these packages some tests are skipped; ask root for: apt-get install$missing" >&2
[ -z "${CI:-}" ]

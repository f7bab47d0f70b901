#!/bin/sh
# The `clawdbot` command: copied to .venv/bin, works from any folder and through links.
here=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)
exec "$here/python" -P -c 'from clawdbot_site.cli.main import main; main()' "$@"

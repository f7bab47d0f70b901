#!/bin/sh
# Make this machine run Clawdbot by systemd: user, folders, configuration, units, command.
# Usage: install.sh [--gpu] [--root FOLDER]. Starts nothing. Safe to repeat: what was configured stays.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
program=$(CDPATH='' cd -- "$here/../.." && pwd -P)
root=""
gpu=""
while [ $# -gt 0 ]; do
    case $1 in
    --gpu) gpu=yes ;;
    --root)
        root=${2:?--root needs a folder}
        shift
        ;;
    *)
        echo "usage: install.sh [--gpu] [--root FOLDER]" >&2
        exit 2
        ;;
    esac
    shift
done

say() { printf '%s\n' "clawdbot: $*"; }
fail() { say "$*" >&2; exit 1; }

[ -n "$root" ] || [ "$(id -u)" = 0 ] || fail "only root installs units: sudo sh deploy/systemd/install.sh"
[ -x "$program/.venv/bin/clawdbot" ] || fail "there is no $program/.venv: run make setup first (make nodes for several servers)."
case $program in
*[!A-Za-z0-9/._-]*) fail "the path $program holds signs that units cannot; clone into /opt/clawdbot." ;;
/home/* | /root/*) [ -n "$root" ] || fail "services cannot read $program (ProtectHome). Clone into /opt/clawdbot." ;;
esac

# place FILE TARGET MODE: the program's folder in place of /opt/clawdbot
place() {
    mkdir -p "$root$(dirname -- "$2")"
    fresh=$(mktemp "$root$2.XXXXXX") # no name that the service could have put a link under
    sed "s|/opt/clawdbot|$program|g" "$here/$1" >"$fresh"
    chmod "$3" "$fresh"
    mv "$fresh" "$root$2"
}

mkdir -p "$root/etc/clawdbot" "$root/var/lib/clawdbot"
place clawdbot.sysusers /usr/lib/sysusers.d/clawdbot.conf 644
systemd-sysusers ${root:+"--root=$root"} clawdbot.conf
chmod 750 "$root/etc/clawdbot"
chmod 700 "$root/var/lib/clawdbot"
[ -e "$root/etc/clawdbot/clawdbot.yaml" ] || place clawdbot.yaml /etc/clawdbot/clawdbot.yaml 640
[ -n "$root" ] || chown -R clawdbot:clawdbot /etc/clawdbot
[ -n "$root" ] || chown clawdbot:clawdbot /var/lib/clawdbot

for unit in clawdbot.service clawdbot-front.service clawdbot-model@.service; do
    place "$unit" "/etc/systemd/system/$unit" 644
    case $unit in *-front.service) continue ;; esac
    [ -z "$gpu" ] || place gpu.conf "/etc/systemd/system/$unit.d/gpu.conf" 644
done
place clawdbot.sh /usr/local/bin/clawdbot 755

[ -n "$root" ] || [ ! -d /run/systemd/system ] || systemctl daemon-reload
say "installed. Look at /etc/clawdbot/clawdbot.yaml, then:"
say "    systemctl enable --now clawdbot            this machine's node"
say "    systemctl enable --now clawdbot-front      nginx before the nodes (section front)"
say "    systemctl enable --now clawdbot-model@NAME a model on a machine without a node"
say "First password: /var/lib/clawdbot/secrets/admin_password"

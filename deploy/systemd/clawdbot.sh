#!/bin/sh
# The command `clawdbot` where systemd runs the node: as its user, with its configuration.
export CLAWDBOT_HOME=/etc/clawdbot
case " $* " in
*" --model "* | *" --model="*) ;;
" up "* | " start "* | " stop "* | " restart "*)
    verb=$1
    [ "$verb" = up ] && verb=start
    exec systemctl "$verb" clawdbot.service
    ;;
esac
[ "$(id -un)" = clawdbot ] && exec /opt/clawdbot/.venv/bin/clawdbot "$@"
[ "$(id -u)" = 0 ] && exec setpriv --reuid clawdbot --regid clawdbot --init-groups \
    env HOME=/var/lib/clawdbot /opt/clawdbot/.venv/bin/clawdbot "$@"
exec sudo -u clawdbot CLAWDBOT_HOME="$CLAWDBOT_HOME" /opt/clawdbot/.venv/bin/clawdbot "$@"

#!/bin/sh
# The command `clawdbot` where systemd runs the node: as its user, with its configuration.
export CLAWDBOT_HOME=/etc/clawdbot
# What systemd starts, no other command starts.
case " $* " in
" init "*) systemctl is-active --quiet clawdbot.service || set -- "$@" --no-start ;;
esac
case " $* " in
*" --model "* | *" --model="*) ;;
" up "* | " start "* | " stop "* | " restart "*)
    verb=$1
    [ "$verb" = up ] && verb=start
    exec systemctl "$verb" clawdbot.service
    ;;
esac
[ "$(id -u)" = 0 ] || [ "$(id -un)" = clawdbot ] || exec sudo -u clawdbot /usr/local/bin/clawdbot "$@"
# What was added to the unit (`systemctl edit clawdbot`): where its secrets are. Without it the command
# would work on another database.
set -f
for setting in $(systemctl show --property=Environment --value clawdbot.service 2>/dev/null); do
    case $setting in
    CLAWDBOT_*=*) printenv "${setting%%=*}" >/dev/null || export "${setting?}" ;;
    esac
done
[ "$(id -u)" = 0 ] && exec setpriv --reuid clawdbot --regid clawdbot --init-groups \
    env HOME=/var/lib/clawdbot /opt/clawdbot/.venv/bin/clawdbot "$@"
exec /opt/clawdbot/.venv/bin/clawdbot "$@"

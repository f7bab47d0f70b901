#!/bin/sh
# Makes the secrets of docker-compose.yml in deploy/compose/secrets; what is there stays as it is.
# Usage: make-secrets.sh [NAME...]: what people will type, host names and addresses, for a certificate
# by an authority of our own (its root, secrets/ca/ca.pem, goes to the browsers). Without: put
# certificate.pem, with its chain, and certificate-key.pem into secrets/tls.
#   POSTGRES, REDIS   HOST:PORT of servers elsewhere
#   CLAWDBOT          the command, if not the image's
# The folder is closed to others. Its files can be read by all, since Docker shows each to containers as
# it is, and those run as users of their own.
set -eu
folder=${SECRETS:-$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)/secrets}
umask 022
mkdir -p "$folder/tls"
chmod 700 "$folder"

random() { # LENGTH, of letters and digits: safe in addresses
    LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c "$1"
}

put() { # NAME TEXT
    if [ ! -e "$folder/$1" ]; then
        printf '%s\n' "$2" >"$folder/.$1"
        chmod 444 "$folder/.$1"
        mv "$folder/.$1" "$folder/$1"
        echo "made $folder/$1"
    fi
}

# Its key lies on this machine: whoever takes it shall not pose as the rest of the world.
limits_of() { # NAME...: their domains, and private addresses
    for one in localhost 127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 ::1/128 fc00::/7 "$@"; do
        case $one in
        *[!0-9.]*.*) # a host: all of its domain, if that is not one label
            case ${one#*.} in *.*) one=${one#*.} ;; esac
            one=${one#"*."}
            ;;
        esac
        printf ' --only-for %s' "$one"
    done
}

make_certificate() { # NAME...
    image=clawdbot:${CLAWDBOT_VERSION:-0.2.0}
    clawdbot=${CLAWDBOT:-docker run --rm --network none --user $(id -u):$(id -g) --tmpfs /tmp
        --env CLAWDBOT_HOME=/tmp --volume $folder:$folder $image clawdbot}
    # shellcheck disable=SC2046,SC2086  # a command and its arguments
    [ -e "$folder/ca/ca-key.pem" ] || $clawdbot tls ca --ca "$folder/ca" $(limits_of "$@")
    # shellcheck disable=SC2086
    $clawdbot tls issue --ca "$folder/ca" --to "$folder/tls" "$@"
    chmod 755 "$folder/tls"
    chmod 444 "$folder/tls/certificate-key.pem"
}

put postgres_password "$(random 32)"
put redis_password "$(random 32)"
put secret_key "$(random 64)"
put metrics_token "$(random 32)"
put admin_password "$(random 16)"
put redis_conf "requirepass $(cat "$folder/redis_password")"
put database_url "postgresql://clawdbot:$(cat "$folder/postgres_password")@${POSTGRES:-postgres:5432}/clawdbot"
put broker_url "redis://:$(cat "$folder/redis_password")@${REDIS:-redis:6379}/0"
if [ ! -e "$folder/tls/certificate.pem" ]; then
    if [ $# -gt 0 ]; then
        make_certificate "$@"
    else
        echo "no certificate yet: put certificate.pem and certificate-key.pem into $folder/tls, or name" \
            "what people will type: sh deploy/compose/make-secrets.sh kb.company.lan 10.0.0.5" >&2
    fi
fi

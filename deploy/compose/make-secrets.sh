#!/bin/sh
# Makes the secrets of docker-compose.yml, each a file in deploy/compose/secrets; never overwrites one.
# Usage: make-secrets.sh [FOLDER]. POSTGRES_HOST and REDIS_HOST name servers elsewhere (HOST[:PORT]).
# The folder is closed to others; its files can be read by all, since Docker shows each to containers as
# it is, and those run as users of their own.
set -eu
folder=${1:-$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)/secrets}
umask 022
mkdir -p "$folder"
chmod 700 "$folder"

random() { # LENGTH, of letters and digits: safe in addresses
    LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c "$1"
}

put() { # NAME TEXT
    if [ -e "$folder/$1" ]; then
        return
    fi
    printf '%s\n' "$2" >"$folder/.$1"
    chmod 444 "$folder/.$1"
    mv "$folder/.$1" "$folder/$1"
    echo "made $folder/$1"
}

put postgres_password "$(random 32)"
put redis_password "$(random 32)"
put secret_key "$(random 64)"
put metrics_token "$(random 32)"
put admin_password "$(random 16)"
put redis_conf "requirepass $(cat "$folder/redis_password")"
put database_url "postgresql://clawdbot:$(cat "$folder/postgres_password")@${POSTGRES_HOST:-postgres:5432}/clawdbot"
put broker_url "redis://:$(cat "$folder/redis_password")@${REDIS_HOST:-redis:6379}/0"
if [ ! -e "$folder/tls_certificate" ] || [ ! -e "$folder/tls_key" ]; then
    echo "$folder has no certificate: put tls_certificate (with the chain) and tls_key there, or make" \
        "them: sh deploy/nginx/make-ca.sh (docs/cluster.md)" >&2
fi

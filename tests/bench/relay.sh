#!/bin/sh
# A relay with one account. $1 target folder, $2 scratch, $3 address to listen on
set -eu
mkdir -p "$2/relay"
echo harbour-Tulip-47-lantern > "$2/password"
"$1/release/lotse-relay" rep add --data "$2/relay" --account Acme --user anna@acme.example --name "Anna Berg" --password-file "$2/password"
exec "$1/release/lotse-relay" serve --developer --data "$2/relay" --listen "$3:7443" --ready-file "$2/ready.json" \
    --plugins "$1/plugins" --trusted-key "$1/plugins/Lotse.pub"

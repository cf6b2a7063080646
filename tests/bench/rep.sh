#!/bin/sh
# The console, its picture alone. $1 target folder, $2 scratch
set -eu
. "$(dirname "$0")/url.sh"
exec "$1/release/lotse" --relay "$(url "$2")" --user anna@acme.example --password-file "$2/password" --new-code \
    --code-file "$2/code" --view --control --viewer-geometry 1920x1080+0+0 --viewer-bare --scale 1 --data "$2/rep"

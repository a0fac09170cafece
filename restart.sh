#!/usr/bin/env bash
# Stops the server that runs on this data folder at the next boundary of its work, then starts it again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
node scripts/stop.mjs
exec npm start -- "$@"

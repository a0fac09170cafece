#!/usr/bin/env bash
# Builds what has changed and lets the running server hand over to it. Starts one when none runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
status=0
node scripts/restart.mjs "$@" || status=$?
if [ "$status" -ne 3 ]; then exit "$status"; fi
# A server without a launcher cannot hand over.
node scripts/stop.mjs "$@"
exec npm start -- "$@"

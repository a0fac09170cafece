#!/usr/bin/env bash
# Tests what a search finds. The first that fails ends the run.
set -eu
cd "$(dirname "$0")/.."
bash index.sh

# Usage: assert_finds FIELD WORD COUNT
assert_finds() {
  found=$(bash search.sh "$1" "$2" | grep -vc '^looked at ' || true)
  if [ "$found" != "$3" ]; then
    echo "FAILED: a search by $1 for “$2” finds $found books, not $3."
    exit 1
  fi
  echo "passed: a search by $1 for “$2” finds $3 books"
}

count() { awk -F '\t' -v column="$1" -v word="$2" '(" " $column " ") ~ (" " word " ")' books.tsv | wc -l | tr -d ' '; }

assert_finds author Moreau "$(count 2 Moreau)"
assert_finds author moreau "$(count 2 Moreau)"
assert_finds subject poetry "$(count 3 Poetry)"
assert_finds title dusk "$(count 1 Dusk)"
assert_finds title River "$(count 1 River)"
assert_finds title river "$(count 1 River)"
assert_finds title nowhere 0

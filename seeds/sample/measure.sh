#!/usr/bin/env bash
# Runs 20 searches by a field, and prints the most books that one of them looked at.
# Usage: bash measure.sh title|author|subject|all [--most N]. With --most it fails when that is more than N.
set -eu
cd "$(dirname "$0")"
bash index.sh

fields=$1
[ "$1" = all ] && fields="title author subject"

for field in $fields; do
  most=0
  searches=0
  while read -r word; do
    count=$(bash search.sh "$field" "$word" | awk 'END { print $3 }')
    searches=$((searches + 1))
    [ "$count" -gt "$most" ] && most=$count
  done < "queries/$field.txt"
  echo "{\"field\":\"$field\",\"searches\":$searches,\"most\":$most}"
  if [ "${2:-}" = --most ] && [ "$most" -gt "$3" ]; then
    echo "A search by $field looks at $most books, which is more than $3." >&2
    exit 1
  fi
done

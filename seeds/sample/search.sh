#!/usr/bin/env bash
# Prints the books whose title has a word, or whose author or subject is that word, in capitals or not.
# Usage: bash search.sh title|author|subject WORD. The last line says how many books the search looked at.
set -eu
cd "$(dirname "$0")"

case "$1" in
  title) column=1 ;;
  author) column=2 ;;
  subject) column=3 ;;
  *)
    echo "A search is by title, author or subject, not by $1." >&2
    exit 2
    ;;
esac

if [ -f "index/$1.tsv" ]; then
  awk -F '\t' -v word="$2" '
    FILENAME != "books.tsv" {
      if ($1 == tolower(word)) count = split($2, numbers, " ")
      for (at = 1; at <= count; at++) wanted[numbers[at]] = 1
      next
    }
    FNR in wanted { print $1 " (" $2 ")" }
    END { print "looked at " count + 0 }
  ' "index/$1.tsv" books.tsv
else
  awk -F '\t' -v word="$2" -v column="$column" '
    index(" " tolower($column) " ", " " tolower(word) " ") { print $1 " (" $2 ")" }
    END { print "looked at " NR }
  ' books.tsv
fi

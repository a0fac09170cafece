#!/usr/bin/env bash
# Writes the indexes: each line has a word in small letters, and the numbers of its books.
set -eu
cd "$(dirname "$0")"
mkdir -p index

# Moved into its place when it is complete, for searches that run meanwhile.
write_index() {
  made=$(mktemp index/made.XXXXXX)
  awk -F '\t' -v column="$2" '
    { books[tolower($column)] = books[tolower($column)] " " NR }
    END { for (word in books) print word "\t" substr(books[word], 2) }
  ' books.tsv > "$made"
  mv "$made" "index/$1.tsv"
}

write_index author 2
write_index subject 3

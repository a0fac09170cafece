/**
 * Kinds of bugs, for repositories that are generated. A kind's failing test has the same name in every repository, so
 * that its error has the same signature; functions, files and figures differ. All is written for the shell, because a
 * shell starts many times faster than an interpreter, and a goal runs its check several times in each round.
 */

/** The names in a repository. */
export interface Names {
  /** The function with the bug. */
  act: string;
  /** The data that the function works on. */
  thing: string;
  /** The repository's own figure, from 2 to 9. */
  number: number;
}

export interface BugKind {
  name: string;
  /** The failing test's message, which is all that a task is told about the error. */
  behaviour: string;
  /** How to repair it, in a planner's words. */
  way: string;
  /** Bodies of the function: with the bug, and without. */
  wrong: string;
  right: string;
  /** A command that succeeds when the function is right. */
  holds(names: Names): string;
}

export const KINDS: readonly BugKind[] = [
  {
    name: "off_by_one",
    behaviour: "includes the final item of its range",
    way: "Let the loop run up to and including its bound",
    wrong: 'sum=0 at=1\n  while [ "$at" -lt "$1" ]; do sum=$((sum + at)) at=$((at + 1)); done\n  result=$sum',
    right: 'sum=0 at=1\n  while [ "$at" -le "$1" ]; do sum=$((sum + at)) at=$((at + 1)); done\n  result=$sum',
    holds: ({ act, number }) => `${act} ${number}; [ "$result" = ${(number * (number + 1)) / 2} ]`,
  },
  {
    name: "wrong_operator",
    behaviour: "takes a discount off the price",
    way: "Swap the arithmetic operator",
    wrong: "result=$(($1 + $2))",
    right: "result=$(($1 - $2))",
    holds: ({ act, number }) => `${act} ${number * 10} ${number}; [ "$result" = ${number * 9} ]`,
  },
  {
    name: "missing_await",
    behaviour: "tells how its background job ended",
    way: "Await the job before going on",
    wrong: '(exit "$1") &\n  result=$?',
    right: '(exit "$1") &\n  wait $! && result=0 || result=$?',
    holds: ({ act, number }) => `${act} ${number}; [ "$result" = ${number} ]`,
  },
  {
    name: "wrong_encoding",
    behaviour: "keeps letters with accents",
    way: "Treat the bytes as UTF-8",
    wrong: "result=$(printf %s \"$1\" | tr -cd '\\000-\\177')",
    right: 'result=$(printf %s "$1")',
    holds: ({ act, number }) => `${act} "é${number}"; [ "$result" = "é${number}" ]`,
  },
  {
    name: "time_zone",
    behaviour: "names the calendar day of Greenwich",
    way: "Compute the date in UTC",
    wrong: 'result=$(TZ=LINE-14 date -d "@$1" +%d)',
    right: 'result=$(TZ=UTC0 date -d "@$1" +%d)',
    holds: ({ act, number }) => `${act} $(((${number} - 1) * 86400 + 54000)); [ "$result" = "0${number}" ]`,
  },
  {
    name: "shared_state",
    behaviour: "begins each call with an empty basket",
    way: "Create the container inside the function",
    wrong: 'basket="$basket $1"\n  result=$(echo $basket | wc -w)',
    right: 'basket="$1"\n  result=$(echo $basket | wc -w)',
    holds: ({ act, number }) => `${act} ${number}; ${act} ${number}; [ "$result" -eq 1 ]`,
  },
  {
    name: "swallowed_error",
    behaviour: "passes a failure on to its caller",
    way: "Return the status that was caught",
    wrong: '"$@" || result=failed\n  return 0',
    right: '"$@" || return 1',
    holds: ({ act }) => `! ${act} false`,
  },
  {
    name: "sort_comparator",
    behaviour: "orders numbers by magnitude",
    way: "Give the sort a numeric comparator",
    wrong: "result=$(printf '%s\\n' \"$@\" | sort | tr '\\n' ' ')",
    right: "result=$(printf '%s\\n' \"$@\" | sort -n | tr '\\n' ' ')",
    holds: ({ act, number }) => `${act} 1${number} ${number} 100; [ "$result" = "${number} 1${number} 100 " ]`,
  },
  {
    name: "path_joining",
    behaviour: "puts a single slash between folders",
    way: "Strip the trailing separator before joining",
    wrong: 'result="$1/$2"',
    right: `result="\${1%/}/$2"`,
    holds: ({ act, thing }) => `${act} ${thing}/ part; [ "$result" = ${thing}/part ]`,
  },
  {
    name: "rounding",
    behaviour: "rounds a share to the nearest whole",
    way: "Add half of the divisor before dividing",
    wrong: "result=$(($1 / $2))",
    right: "result=$((($1 + $2 / 2) / $2))",
    holds: ({ act, number }) => `${act} ${number * 10 + 8} 10; [ "$result" = ${number + 1} ]`,
  },
];

/** Kinds that are in no training set. */
export const NOVEL_KINDS: readonly BugKind[] = [
  {
    name: "letter_case",
    behaviour: "finds a customer whatever the capitals",
    way: "Lower both sides of the comparison",
    wrong: '[ "$1" = ada ]',
    right: '[ "$(echo "$1" | tr A-Z a-z)" = ada ]',
    holds: ({ act }) => `${act} Ada`,
  },
  {
    name: "empty_list",
    behaviour: "answers zero without measurements",
    way: "Give the value a default",
    wrong: "result=$1",
    right: `result=\${1:-0}`,
    holds: ({ act }) => `${act}; [ "$result" = 0 ]`,
  },
  {
    name: "radix",
    behaviour: "reads digits behind leading zeros",
    way: "Read the digits with the decimal radix",
    wrong: "result=$(($1))",
    right: `result=$((\${1#0}))`,
    holds: ({ act, number }) => `${act} 0${(number % 7) + 1}1; [ "$result" = ${(number % 7) + 1}1 ]`,
  },
];

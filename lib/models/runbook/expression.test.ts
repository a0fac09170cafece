import { describe, expect, test } from "vitest";
import type { Value } from "@/core/programs/json";
import { evaluate } from "./evaluate";
import { parseExpression } from "./expression";
import { SyntaxFault, ValueFault } from "./value";

const NAMES = new Map<string, Value>(
  Object.entries({
    repo: { commit: "abc", files: 12, "odd name": 1, none: null },
    files: [
      { path: "b", bytes: 5, kind: "x" },
      { path: "a", bytes: 20, kind: "y" },
      { path: "c", bytes: 20, kind: "x" },
    ],
    children: [
      { summary: '{"files": 3, "parts": [{"n": 1}, {"n": 2}]}' },
      { summary: "not JSON" },
      { summary: '{"files": 4, "parts": [{"n": 3}]}' },
    ],
    text: 'say "hi"\tthere',
    zero: 0,
  } satisfies Record<string, Value>),
);

const value = (source: string) => evaluate(parseExpression(source), NAMES);

describe("values", () => {
  test.each<[string, Value]>([
    ["repo.commit", "abc"],
    ["repo.missing.deeper", null],
    ['repo["odd name"]', 1],
    ["files[1].path", "a"],
    ["files[9].path", null],
    ["files[].path", ["b", "a", "c"]],
    ["children[].summary.files", [3, null, 4]],
    ["children[0].summary.parts[].n", [1, 2]],
    ["(children | take(1))[].summary.parts[].n", [1, 2]],
    ["1 + 2 * 3 - 4 / 2", 5],
    ["-(2 + 3) * 2", -10],
    ['"a" + "b"', "ab"],
    ["unknown", null],
    ["repo.constructor", null],
    ["repo.__proto__", null],
    ["files.length", null],
    ["\"line\\n\" + 'it\\'s \\d'", "line\nit's \\d"],
  ])("%s", (source, expected) => {
    expect(value(source)).toEqual(expected);
  });
});

describe("conditions", () => {
  test.each<[string, boolean]>([
    ["repo.commit exists", true],
    ["repo.none exists", false],
    ["not repo.none exists", true],
    ["zero exists", true],
    ["repo.files == 12 and repo.commit != 'abd'", true],
    ["repo.files < 12 or repo.files >= 12", true],
    ["not repo.files > 12", true],
    ["repo.files > '3'", false],
    ["null < 3", false],
    ["files | count == 3", true],
    ["(files | count) == 3 and true", true],
    ["text contains 'hi'", true],
    ["files[].path contains 'a'", true],
    ["files[].path contains 'z'", false],
    ["repo contains 'commit'", true],
    ["repo.commit matches '^A.C$'", true],
    ["zero matches '0'", false],
    ["files == files", true],
    ["zero or ''", false],
    ["true or false and false", true],
  ])("%s", (source, expected) => {
    expect(value(source)).toBe(expected);
  });
});

describe("filters", () => {
  test.each<[string, Value]>([
    ['"60" | number', 60],
    ['"-1.5" | number', -1.5],
    ['"60 books" | number', null],
    ["12 | number", 12],
    ['files | sum("bytes")', 45],
    ['files | top(2, "bytes") | columns("path")', [{ path: "a" }, { path: "c" }]],
    ['files | sort("path") | first', { path: "a", bytes: 20, kind: "y" }],
    ['files | where("kind", "x") | count', 2],
    ['files | where_not("kind", "x") | count', 1],
    ["(files | skip(2) | concat(files | take(1)) | reverse)[].path", ["b", "c"]],
    [
      'files | total_by("kind")',
      [
        { kind: "x", bytes: 25 },
        { kind: "y", bytes: 20 },
      ],
    ],
    ['files | max("bytes")', 20],
    ['files[].path | missing_from("a b")', ["c"]],
    ["files[].path | missing_from(files[].path)", []],
    ["files[].path | join", "b, a, c"],
    ["children[].summary | from_json | compact | count", 2],
    ["repo.none | default(7)", 7],
    ["repo.none | count", 0],
    ["repo.none | sum", 0],
    ["1234567 | thousands", "1,234,567"],
    ["1536 | bytes", "1.5 KB"],
    ["1 | percent_of(3)", "33 %"],
    ["1 | percent_of(0)", "–"],
    ['2 | plural("entry", "entries")', "2 entries"],
    ['"see https://host.example/a/b.git." | find("https?://[^\\s]*[a-z]")', "https://host.example/a/b.git"],
    ['"x|y<b>`" | cell', "x\\|y\\<b\\>\\`"],
    ['"a`b" | code', "``a`b``"],
    ['"a|b\nc" | code', "`a\\|b c`"],
    ['"abcdef" | cut(4)', "abc…"],
    ["files | entries", null],
  ])("%s", (source, expected) => {
    if (source === "files | entries") expect(() => value(source)).toThrow(ValueFault);
    else expect(value(source)).toEqual(expected);
  });

  test("a table has a line for each element, with numbers to the right", () => {
    expect(value('files | take(1) | table("path: File", "bytes: Bytes")')).toBe(
      "| File | Bytes |\n| --- | ---: |\n| b | 5 |",
    );
  });
});

describe("faults", () => {
  test.each<[string, number, RegExp]>([
    ["a ==", 4, /ends where a value is expected/],
    ["a = b", 2, /"=" does not belong/],
    ["a b", 2, /"b" is not expected/],
    ["(a", 2, /"\)" is missing/],
    ['a == "b', 5, /quoted text is not closed/],
    ["a | nothing", 4, /no filter "nothing"/],
    ["a | top", 4, /takes 1 to 2 arguments, not 0/],
    ["a matches b", 10, /pattern in quotes/],
    ['a matches "("', 10, /pattern is not valid/],
    ['a matches "x(?!y)"', 10, /look-around/],
    ['a | find("(a)\\\\1")', 4, /back-reference/],
    ['a | find("((a{1,30}){1,30}){1,30}")', 4, /not valid/],
    ['a | find("a.{0,900}b")', 4, /too large/],
    ["a.", 2, /name of a field/],
    ["a[b]", 2, /number, a quoted field, or nothing/],
    ["or", 0, /"or" is not expected/],
    ["", 0, /ends where a value/],
    ["process.exit()", 12, /"\(" is not expected/],
    [`${"(".repeat(60)}1`, 50, /too deeply/],
    ["a".repeat(2_001), 0, /longer than/],
  ])("%s", (source, offset, reason) => {
    try {
      parseExpression(source);
      expect.unreachable();
    } catch (fault) {
      expect(fault).toBeInstanceOf(SyntaxFault);
      expect((fault as SyntaxFault).message).toMatch(reason);
      expect((fault as SyntaxFault).offset).toBe(offset);
    }
  });

  test.each(["repo.commit * 2", "files | thousands", "repo | sum", "1 / 0", "text[]", "files | take(-1)"])(
    "%s cannot be evaluated",
    (source) => {
      expect(() => value(source)).toThrow(ValueFault);
    },
  );
});

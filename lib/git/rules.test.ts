import { expect, test } from "vitest";
import { DEFAULT_RULES, type GitRules, requireAllowedBranch, requireInScope } from "./rules";
import { quoteForShell } from "./sandbox-git";

const allows = (name: string, rules: Partial<GitRules> = {}) => {
  try {
    requireAllowedBranch(name, { ...DEFAULT_RULES, ...rules });
    return true;
  } catch {
    return false;
  }
};

test("only names in the namespace are allowed, and protected names never", () => {
  expect(["banyan/x", "banyan/x/y-1.2", "banyan/a_b"].map((name) => allows(name))).toEqual([true, true, true]);
  const refused = ["banyan", "x/banyan/y", "Banyan/x", "main", "release/1", "banyan/", "banyan//x", "banyan/x/", ""];
  expect(refused.filter((name) => allows(name))).toEqual([]);
  const all = { branches: ["*"] };
  expect(["x", "a/b", "main", "master", "release/1/2"].map((name) => allows(name, all))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(allows("a/main", { branches: ["**"] })).toBe(true);
  expect(allows("banyan/x", { protectedBranches: ["banyan/x"] })).toBe(false);
  expect(allows("fix-1", { branches: ["fix-?"] })).toBe(true);
});

test("a possible option, revision, refspec or outside path is not a branch name", () => {
  const all = { branches: ["**"], protectedBranches: [] };
  const odd = ["-d", "banyan/-x", "banyan/..", "a..b", "a@{1}", "@", "HEAD", "refs/heads/x", "a b", "a:b", "+a", "a~1"];
  const worse = [
    "a^",
    "a?",
    "a*",
    "a[",
    "a\\b",
    "a\nb",
    "a\0b",
    "x.lock",
    "x.lock/y",
    "x/.y",
    ".x",
    "x.",
    "é",
    "x".repeat(201),
  ];
  expect([...odd, ...worse].filter((name) => allows(name, all))).toEqual([]);
});

test("paths outside the write scope are named", () => {
  const check = (writeScope: string[], paths: string[]) => () =>
    requireInScope(paths, { ...DEFAULT_RULES, writeScope });
  expect(check(["**"], ["a", ".github/x", "a/b"])).not.toThrow();
  expect(check(["src", "/docs/", "*.md"], ["src/a/b", "docs/x", "README.md"])).not.toThrow();
  expect(check(["src"], ["src/a", "lib/src/a", "srcs"])).toThrow(/scope \(src\): "lib\/src\/a", "srcs";/);
  expect(check(["**", "!.github"], ["a", ".github/workflows/x.yml"])).toThrow('".github/workflows/x.yml"');
  expect(check(["*.md"], ["deep/x.md"])).toThrow('"deep/x.md"');
  expect(check([], ["a"])).toThrow('"a"');
  expect(
    check(
      ["x"],
      Array.from({ length: 30 }, (_, at) => `f${at}`),
    ),
  ).toThrow("and 20 more");
});

test("a quoted word is one word to bash, whatever it contains", () => {
  expect(quoteForShell("it's $HOME `x` \\ \n")).toBe("'it'\\''s $HOME `x` \\ \n'");
  expect(() => quoteForShell("a\0")).toThrow("NUL");
});

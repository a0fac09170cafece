import path from "node:path";
import { expect, test } from "vitest";
import { loadDotenv, parseDotenv } from "./dotenv.mjs";
import { fixture } from "./testing/fixture";

test.each([
  ["A=1", { A: "1" }],
  ["  export A = 1  ", { A: "1" }],
  ["A=", { A: "" }],
  ["A=b c # a comment", { A: "b c" }],
  ["A=# a comment", { A: "" }],
  ["A=b#c", { A: "b#c" }],
  ['A="b # c" # d', { A: "b # c" }],
  ['A="b\\n\\"c\\"\\\\"', { A: 'b\n"c"\\' }],
  ["A='b\\n\"c\"'", { A: 'b\\n"c"' }],
  ["A=b=c", { A: "b=c" }],
  ["# A=1\n\nnonsense\n1A=2", {}],
  ["\uFEFFA=1\r\nB=2\r\n", { A: "1", B: "2" }],
  ["A=1\nA=2", { A: "2" }],
])("%j", (text, values) => {
  expect(parseDotenv(text)).toEqual(values);
});

test("an existing variable wins, even when it is empty", () => {
  const file = path.join(fixture({ ".env": "A=file\nB=file\nC=file\n" }), ".env");
  const env: Record<string, string | undefined> = { A: "environment", B: "" };
  loadDotenv(file, env);
  expect(env).toEqual({ A: "environment", B: "", C: "file" });
});

test("ignores a missing file and refuses a folder in its place", () => {
  const root = fixture({ "folder/x": "" });
  loadDotenv(path.join(root, "none"), {});
  expect(() => loadDotenv(path.join(root, "folder"), {})).toThrow(/Cannot read the settings file .* \(EISDIR\)/);
});

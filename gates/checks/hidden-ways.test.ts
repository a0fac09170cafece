import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readSettings, SETTINGS_FILE } from "@/gates/model/settings";
import { hiddenWaysIn } from "./hidden-ways";

const WORDS = readSettings(readFileSync(SETTINGS_FILE, "utf8"), "Banyan").oddities.trial_words;
const said = (text: string) => hiddenWaysIn("a.ts", text, WORDS)?.map(({ says }) => says) ?? ["(no syntax)"];

const key = ["gh", "p_"].join("") + "a1B2c3D4e5".repeat(4);
const half = key.slice(0, 20);

test.each([
  ["a computed name of process", "export const a = process['e' + 'nv'];", /environment/],
  ["a plain index of process", 'export const a = process["env"].HOME;', /environment/],
  ["the global object", 'export const a = globalThis["process"].env;', /environment/],
  ["the global object by its member", "export const a = global.process;", /environment/],
  ["a computed name of the global object", "export const a = globalThis[x];", /environment/],
  ["Reflect", "export const a = Reflect.get(process, x);", /environment/],
  ["destructuring", "const { env } = process;", /environment/],
  ["destructuring of the environment", "const { HOME } = process.env;", /environment/],
  ["the whole environment", "export const a = { ...process.env };", /environment/],
  ["a computed setting", "export const a = process.env[x];", /environment/],
  ["another name", "const p = process;", /environment/],
  ["an import of it", 'import { env } from "node:process";', /environment/],
  ["an import under another name", 'import p from "process";', /environment/],
  ["the bundler's", "export const a = import.meta.env.MODE;", /environment/],
  ["eval", "eval(x);", /runs code/],
  ["eval by another name", "const e = eval;", /runs code/],
  ["Function without new", "Function(x)();", /runs code/],
  ["a constructor's constructor", "(() => {}).constructor(x)();", /runs code/],
  ["vm", 'import vm from "node:vm";', /runs code/],
  ["a module in its address", 'await import("data:text/javascript,1");', /runs code/],
  ["a module by a computed address", "await import(x);", /runs code/],
  ["WebAssembly", "await WebAssembly.instantiate(x);", /runs code/],
  ["an encoded text", `const a = "${"QUJD".repeat(80)}";`, /encoded text/],
  ["an encoded text in parts", `const a = ["${"QUJD".repeat(40)}", "${"QUJD".repeat(40)}"].join("");`, /encoded text/],
  ["a list of bytes", `const a = [${"1,".repeat(80)}2];`, /encoded text/],
  ["a name in Cyrillic", "const \u0430\u0441\u0435 = 1;", /another alphabet/],
  ["a mixed name", "const \u0430dmin = 1;", /another alphabet/],
  ["a name as an escape", "const \\u0430dmin = 1;", /another alphabet/],
  ["a name in wide letters", "const \uff41dmin = 1;", /another alphabet/],
  ["no types in the file", "// @ts-nocheck\nexport {};", /turns a check off/],
  ["no linter in the file", "// biome-ignore-all lint: no\nexport {};", /turns a check off/],
  ["no rule named", "// biome-ignore lint: no\nexport {};", /turns a check off/],
  ["no rules of ESLint", "/* eslint-disable */\nexport {};", /turns a check off/],
  ["no coverage", "/* v8 ignore start */\nexport {};", /turns a check off/],
  ["a secret in a sum", `const a = "${half}" + "${key.slice(20)}";`, /A secret in parts, as it seems: GitHub/],
  ["a secret in a list", `const a = ["${half}", "${key.slice(20)}"].join("");`, /A secret in parts/],
  ["a secret in a template", `const b = "${half}"; const a = \`\${b}${key.slice(20)}\`;`, /A secret in parts/],
  ["a secret by concat", `const a = "${half}".concat("${key.slice(20)}");`, /A secret in parts/],
  [
    "a secret in numbers",
    `const a = String.fromCharCode(${[...key].map((c) => c.charCodeAt(0))});`,
    /A secret in parts/,
  ],
  ["the launcher's variable", "const a = process.env.BANYAN_LAUNCH;", /on trial/],
  ["the launcher's variable in parts", 'const a = f("BANYAN_" + "LAUNCH");', /on trial/],
  ["whether it is a trial", "if (launch.isTrial) f();", /on trial/],
  ["whether it is watched", "const { isWatched } = launch;", /on trial/],
  ["the channel to the launcher", "new Socket({ fd: 4 });", /on trial/],
  ["descriptors by their path", 'readdir("/proc/self/fd");', /on trial/],
  ["the data level", "if (context.raisesLevel) f();", /on trial/],
  ["releases in the database", "store.selfReleases.status();", /on trial/],
])("seen: %s", (_what, text, sentence) => {
  expect(said(text).join(" ")).toMatch(sentence);
});

test.each([
  "export const a = process.env.HOME ?? process.env['PATH'];\nprocess.kill(1);",
  "export const a = globalThis.fetch;\nexport const b = typeof process;",
  'export const process = 1 as unknown as { [key: string]: typeof globalThis };\nimport a from "./a";',
  "export const a = x.process + y.env[z];\nexport type B = Function;",
  'export const a = "eval(process.env)"; // new Function(x) and process["env"]\nawait import("./a");',
  "export const größe = 1; export const text = 'привет';",
  "// biome-ignore lint/suspicious/noConsole: a program prints\nconsole.log(1);",
  `export const sum = "sha512-" + "${"a".repeat(86)}";`,
])("no alarm: %s", (text) => {
  expect(said(text.replace("export const process = 1", "export const other = 1"))).toEqual([]);
});

test("the list of words about a trial has everything that the launcher tells a release", () => {
  const text = readFileSync("lib/process/launch.ts", "utf8");
  const shape = /export interface Launch \{([\s\S]*?)\n\}/.exec(text)?.[1] ?? "";
  const fields = [...shape.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name ?? "");
  expect(fields.length).toBeGreaterThan(3);
  // Each of these is also a name of many other things.
  const common = ["number", "release", "home", "status", "instance"];
  expect(fields.filter((name) => !WORDS.includes(name) && !common.includes(name))).toEqual([]);
});

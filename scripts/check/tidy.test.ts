import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { faultLine } from "./fault";
import { readSources } from "./sources";
import { checkTidy } from "./tidy";

function check(files: Record<string, string>, example?: string): string[] {
  return checkTidy(readSources(fixture(files)), example).map(faultLine);
}

test("a tidy project has no faults", () => {
  const text =
    "/** Says any word; not a Manager of anything. */\nexport const quoted = '// @ts-ignore';\nexport const company = 'any';\nexport type Any = { any: string };\n";
  expect(check({ "lib/a.ts": text, "README.md": "# any\n" })).toEqual([]);
});

const lines = (count: number, line: string) => `${line}\n`.repeat(count);

test.each([
  ["lib/long.ts", lines(401, "export {};"), /has 401 lines/],
  ["lib/wide.ts", lines(5, `// ${"x".repeat(160)}`), /has 5 lines over 160/],
  ["lib/utils.ts", "export {};\n", /file named utils/],
  ["lib/task-manager.ts", "export {};\n", /not …Manager/],
  ["lib/a.ts", "export class TaskService {}\n", /TaskService: choose a name/],
  ["lib/a.ts", "export const a = (b: any) => b;\n", /:1: any:/],
  ["lib/a.ts", "export const a = 1 as any;\n", /any:/],
  ["lib/a.ts", "export const a: Record<string, any> = {};\n", /any:/],
  ["lib/a.ts", "export const a: any[] = [];\n", /any:/],
  ["app/a.tsx", "export const A = () => <p>{(x as any).y}</p>;\n", /any:/],
  ["lib/a.ts", `// @ts-${"ignore"}\nexport {};\n`, /@ts-ignore/],
  ["lib/a.ts", `// biome-${"ignore"} lint: no\nexport {};\n`, /biome-ignore/],
  ["README.md", "# No newline", /does not end in a newline/],
])("%s: %#", (file, text, message) => {
  const faults = check({ [file]: text });
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(message);
});

test("limits are inclusive, and tests may be long", () => {
  const files = {
    "lib/a.ts": lines(400, "export {};"),
    "lib/b.ts": lines(4, `// ${"x".repeat(160)}`),
    "lib/a.test.ts": lines(900, "export {};"),
  };
  expect(check(files)).toEqual([]);
});

test("finds settings that any code reads and .env.example does not explain", () => {
  const files = {
    "lib/a.ts": "export const a = process.env.BANYAN_ONE ?? process.env['BANYAN_TWO'] ?? process.env.NODE_ENV;\n",
    "lib/env.ts": "export const table = {\n  BANYAN_THREE: { default: 3 },\n  PORT: {},\n};\n",
    "lib/a.test.ts": "process.env.BANYAN_ONLY_IN_TESTS = '1';\n",
  };
  expect(check(files, "# One.\n#BANYAN_ONE=1\nPORT=3000\n")).toEqual([
    "lib/a.ts:1: reads BANYAN_TWO, which .env.example does not explain",
    "lib/env.ts:2: reads BANYAN_THREE, which .env.example does not explain",
  ]);
});

test("finds settings that .env.example explains and no code reads", () => {
  const files = { "lib/env.ts": "export const table = {\n  PORT: {},\n};\n// Not HOST, which is only named here.\n" };
  expect(check(files, "#PORT=3000\n#HOST=::1\n#AWS_REGION=\n")).toEqual([
    ".env.example: explains HOST, which no code reads: delete its line",
  ]);
});

test("settings need an .env.example", () => {
  expect(check({ "lib/a.ts": "export const a = process.env.BANYAN_ONE;\n" })).toEqual([
    ".env.example: is missing: write one that explains every setting",
  ]);
});

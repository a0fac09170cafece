import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { importEdges } from "./edges";
import { faultLine } from "./fault";
import { checkImports } from "./imports";
import { readSources } from "./sources";

const TARGETS = {
  "core/state.ts": 'export const a = 1;\nexport type A = "a";\n',
  "agents/commands/commands.ts": "export const c = 1;\n",
  "agents/tools/contract/tool.ts": "export const t = 1;\n",
  "tests/agents/world.ts": "export const w = 1;\n",
  "agents/turn/turn.ts": "export const n = 1;\n",
  "agents/application.ts": "export const a = 1;\n",
  "db/log/log.ts": "export const l = 1;\n",
  "db/queries/trees.ts": "export const q = 1;\n",
  "lib/env.ts": "export const e = 1;\n",
  "lib/git.ts": "export const g = 1;\n",
  "scripts/serve.ts": "export const s = 1;\n",
  "components/row.tsx": "export const r = 1;\n",
};

/** Returns the faults of the project above with one more file. */
function check(file: string, text: string): string[] {
  return checkImports(readSources(fixture({ ...TARGETS, [file]: text }))).map(faultLine);
}

const allowed: [string, string][] = [
  ["core/x.ts", 'import { z } from "zod";\nimport { a } from "@/core/state";'],
  ["core/x.ts", 'import type { Readable } from "node:stream";'],
  ["agents/x.ts", 'import { l } from "@/db/log/log";\nimport { g } from "../lib/git";'],
  ["db/x.ts", 'import { a } from "@/core/state";\nimport { e } from "@/lib/env";\nimport D from "better-sqlite3";'],
  ["lib/models/x.ts", 'import type { A } from "@/core/state";'],
  ["lib/models/x.ts", 'import { type A } from "@/core/state";'],
  ["lib/models/x.ts", 'type A = typeof import("@/core/state");'],
  ["app/page.tsx", 'import { a } from "@/agents/application";\nimport { r } from "@/components/row";'],
  ["agents/commands/x.ts", 'import { n } from "@/agents/turn/turn";\nimport { a } from "@/agents/application";'],
  ["server/main.ts", 'import { t } from "@/agents/tools/contract/tool";'],
  ["scripts/x.ts", 'import { s } from "./serve";\nimport { t } from "@/agents/tools/contract/tool";'],
  ["db/x.test.ts", 'import { s } from "@/scripts/serve";'],
  ["tests/agents/x.ts", 'import { s } from "@/scripts/serve";'],
  ["lib/x.ts", 'export const link = /import "x/;\nexport const text = `import { l } from "@/db/log/log"`;'],
  [
    "lib/x.ts",
    '// import { l } from "@/db/log/log";\n/* import "@/db/log/log"; */\nexport const text = \'import { l } from "@/db/log/log"\';',
  ],
];
test.each(allowed)("%s may contain %s", (file, text) => {
  expect(check(file, `${text}\n`)).toEqual([]);
});

const refused: [string, string, RegExp][] = [
  ["core/x.ts", 'import { readFileSync } from "node:fs";', /package node:fs/],
  ["core/x.ts", 'import { l } from "@/db/log/log";', /imports db\/log\/log\.ts/],
  ["core/x.ts", 'import { c } from "@/agents/commands/commands";', /imports agents\/commands/],
  ["agents/x.ts", 'import { r } from "@/components/row";', /components\/row/],
  [
    "agents/turn/x.ts",
    'import type { c } from "@/agents/commands/commands";',
    /agents\/turn itself.*Move the code that you need/,
  ],
  ["agents/x.ts", 'import { w } from "@/agents/tools/testing/world";', /tests only/],
  ["db/x.ts", 'import { g } from "@/lib/git";', /lib\/git\.ts/],
  ["lib/x.ts", 'import { a } from "@/core/state";', /only import types/],
  ["lib/x.ts", 'import {\n  a,\n  type A,\n} from "@/core/state";', /only import types/],
  ["lib/x.ts", 'export * from "@/db/log/log";', /imports db\/log/],
  ["lib/x.ts", 'import "@/db/log/log";', /imports db\/log/],
  ["lib/x.ts", 'export const later = () => import("@/db/log/log");', /imports db\/log/],
  ["components/x.tsx", 'import { q } from "@/db/queries/trees";', /db\/queries/],
  ["app/page.tsx", 'import { l } from "@/db/log/log";', /imports db\/log/],
  ["app/page.tsx", 'import { t } from "@/agents/tools/contract/tool";', /agents\/tools/],
  ["app/page.tsx", 'import { s } from "@/scripts/serve";', /only scripts\/ itself and tests/],
  ["lib/x.ts", 'import { createInterface } from "node:readline";', /ends a line at U\+2028/],
  ["lib/x.mjs", 'import readline from "node:readline/promises";', /ends a line at U\+2028/],
  ["lib/x.ts", 'import { no } from "@/db/not-there";', /imports db\/not-there/],
];
test.each(refused)("%s may not contain %s", (file, text, message) => {
  const faults = check(file, `const before = 1;\n${text}\n`);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(message);
  expect(faults[0]).toContain(`${file}:2: `);
});

test("finds an import cycle and names its files", () => {
  const root = fixture({
    "lib/a.ts": 'import { b } from "./b";\nexport const a = b;\n',
    "lib/b.ts": 'import { c } from "./c";\nexport const b = c;\n',
    "lib/c.ts": 'import { a } from "./a";\nexport const c = () => a;\n',
  });
  expect(checkImports(readSources(root)).map(faultLine)).toEqual([
    "lib/a.ts: is part of an import cycle: lib/a.ts → lib/b.ts → lib/c.ts → lib/a.ts. Move the type or function that both need into the file that is imported",
  ]);
});

test.each([
  ["a type", 'import type { a } from "./a";\nexport const b = 1;\nexport type T = typeof a;\n'],
  ["a lazy import", 'export const b = 1;\nexport const later = () => import("./a");\n'],
  ["a type that is passed on", 'export const b = 1;\nexport type { A } from "./a";\n'],
])("%s makes a cycle, too", (_, text) => {
  const a = 'import { b } from "./b";\nexport const a = b;\nexport type A = 1;\n';
  const root = fixture({ "lib/a.ts": a, "lib/b.ts": text });
  expect(checkImports(readSources(root)).map(faultLine)).toEqual([
    "lib/a.ts: is part of an import cycle: lib/a.ts → lib/b.ts → lib/a.ts. Move the type or function that both need into the file that is imported",
  ]);
});

test("an import is resolved with and without its ending, and to a folder's index", () => {
  const root = fixture({
    "lib/a.ts": 'import "./b.ts";\nimport "./c";\nimport "@/lib/d";\nimport { x as y, z } from "@scope/name/deep";\n',
    "lib/b.ts": "",
    "lib/c.tsx": "",
    "lib/d/index.ts": "",
  });
  expect(importEdges(readSources(root)).map((edge) => edge.to)).toEqual([
    "lib/b.ts",
    "lib/c.tsx",
    "lib/d/index.ts",
    "@scope/name",
  ]);
});

import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { faultLine } from "./fault";
import { readSources } from "./sources";
import { checkWorkplaces } from "./workplaces";

const TARGETS = {
  "lib/workspace/files.ts": "export const f = 1;\nexport type F = 1;\n",
  "lib/workspace/path.ts": "export const p = 1;\n",
  "lib/sandbox/sandbox.ts": "export const s = 1;\n",
  "lib/workplace/port.ts": "export type W = 1;\n",
  "lib/workplace/local/local.ts": "export const l = 1;\n",
  "lib/git/push.ts": "export const g = 1;\n",
  "lib/net/hosts.ts": "export const h = 1;\n",
};

function check(file: string, text: string): string[] {
  return checkWorkplaces(readSources(fixture({ ...TARGETS, [file]: text }))).map(faultLine);
}

const FORBIDDEN = ["workspace/files", "sandbox/sandbox", "git/push", "workplace/local/local"];

test("tools and turns reach folders and programs only through the port", () => {
  for (const target of FORBIDDEN) {
    for (const file of ["agents/tools/files/x.ts", "agents/turn/x.ts", "agents/new-room/x.ts"]) {
      expect(check(file, `import * as all from "@/lib/${target}";`), target).toEqual([
        expect.stringMatching(`^${file}:1: imports lib/${target}.ts, which opens folders or starts programs: `),
      ]);
    }
  }
  expect(check("agents/tools/x.ts", 'const f = await import("@/lib/workspace/files");')).toHaveLength(1);
});

test("names, rules and types are free, and so are rooms with folders of their own, and tests", () => {
  const allowed: [string, string][] = [
    ["agents/tools/x.ts", 'import { p } from "@/lib/workspace/path";\nimport { h } from "@/lib/net/hosts";'],
    [
      "agents/tools/x.ts",
      'import type { F } from "@/lib/workspace/files";\nimport { type W } from "@/lib/workplace/port";',
    ],
    ["agents/boot/x.ts", 'import { l } from "@/lib/workplace/local/local";'],
    ["agents/environments/x.ts", 'import { g } from "@/lib/git/push";'],
    ["agents/tools/x.test.ts", 'import { f } from "@/lib/workspace/files";'],
    ["server/x.ts", 'import { f } from "@/lib/workspace/files";'],
  ];
  for (const [file, text] of allowed) expect(check(file, text), file).toEqual([]);
});

import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Base, judgeData, readBase } from "./data";
import type { DataFacts } from "./facts";
import { dataFindings } from "./levels";
import { copiesOfThisFile, edit, migrate, ROOT } from "./testing/copy";

const MINUTES = 60_000;

const copy = copiesOfThisFile();
let judging: Base;
let base: DataFacts;
beforeAll(async () => {
  judging = await readBase(ROOT);
  base = judging.facts;
}, 2 * MINUTES);
afterAll(() => judging.release.remove());

const change = (more: Partial<DataFacts>): DataFacts => ({ ...base, ...more });
const texts = (facts: DataFacts) => dataFindings(base, facts).map(({ kind, text }) => `${kind}: ${text}`);

test("the release itself breaks nothing", () => {
  expect(base.stored.size).toBeGreaterThan(150);
  expect(base.stored).toContain("tasks.status=ready");
  expect(base.stored).toContain("entry.content.type=ended");
  expect(texts(base)).toEqual([]);
});

test("a new word at the old level is a fault, and a flag at the next level", () => {
  const stored = new Set([...base.stored, "entry.content.type=dreamt"]);
  expect(texts(change({ stored }))).toEqual([
    expect.stringMatching(/^fault: .* level 1: entry\.content\.type=dreamt\./),
  ]);
  const levels = { writes: base.levels.writes + 1, reads: base.levels.reads + 1 };
  expect(texts(change({ stored, levels }))).toEqual([expect.stringMatching(/^flag: The data level rises to 2/)]);
});

test("levels rise by one, and never fall", () => {
  const { writes, reads } = base.levels;
  const of = (levels: DataFacts["levels"]) => texts(change({ levels })).filter((text) => text.startsWith("fault"));
  expect(of({ writes: reads + 1, reads: reads + 2 })).toEqual([expect.stringContaining("the base reads only up to")]);
  expect(of({ writes, reads: reads + 1 })).toEqual([expect.stringContaining("at most one level ahead")]);
  expect(of({ writes, reads: reads - 1 })).toEqual([expect.stringContaining("and the base up to")]);
  expect(of({ writes: writes - 1, reads })).toContainEqual(expect.stringContaining("falls"));
});

test("a removed word, and a kind in another place, are faults", () => {
  const stored = new Set([...base.stored].filter((stored) => stored !== "tasks.status=parked"));
  expect(texts(change({ stored }))).toEqual([expect.stringContaining("cannot read what the base may have stored")]);
  const kinds = ["instruction", "system", ...base.kinds.slice(2)];
  expect(texts(change({ kinds }))).toEqual([expect.stringContaining("only append to KINDS")]);
  expect(texts(change({ kinds: [...base.kinds, "dream"] }))).toEqual([]);
});

test(
  "dropped columns, edited migrations, new kinds and new enum values are found in a change's files",
  async () => {
    const folder = copy();
    migrate(folder, "ALTER TABLE `tasks` DROP COLUMN `fruitless_leases`;");
    edit(folder, "drizzle/0008_leases.sql", "DEFAULT 0", "DEFAULT 1");
    edit(
      folder,
      "core/log/entries.ts",
      'type: "stalled"; turns',
      'type: "dreamt"; of: string }\n  | { type: "stalled"; turns',
    );
    edit(folder, "db/schema/schema.ts", '"parked", "succeeded"', '"parked", "asleep", "succeeded"');
    const found = await judgeData(judging, folder);
    expect(found.map(({ kind }) => kind)).toEqual(["fault", "fault", "fault"]);
    expect(found[0]?.text).toContain("0008_leases is not the one of the base");
    expect(found[1]?.text).toMatch(/9999_change: ALTER TABLE `tasks` DROP COLUMN `fruitless_leases`; is not allowed/);
    expect(found[2]?.text).toContain("entry.content.type=dreamt");
    expect(found[2]?.text).toContain("tasks.status=asleep");
  },
  5 * MINUTES,
);

test(
  "a change whose data facts cannot be read is a fault",
  async () => {
    const folder = copy();
    rmSync(path.join(folder, "drizzle"), { recursive: true });
    expect(await judgeData(judging, folder)).toEqual([
      { kind: "fault", text: expect.stringContaining("migrations and levels cannot be read") },
    ]);
  },
  5 * MINUTES,
);

test(
  "an expanding change and the base work on one database in turns, and a column dropped at run time is found",
  async () => {
    const folder = copy();
    migrate(folder, "ALTER TABLE `tasks` ADD `dreams` integer DEFAULT 0 NOT NULL;");
    expect(await judgeData(judging, folder)).toEqual([]);
    edit(
      folder,
      "db/file/client.ts",
      "addWholeBody(sqlite);",
      'addWholeBody(sqlite);\n    if (options.raisesLevel) sqlite.exec("DROP INDEX IF EXISTS tasks_of_tree");',
    );
    const [first] = await judgeData(judging, folder);
    expect(first).toMatchObject({
      kind: "fault",
      text: expect.stringContaining("It changes or removes the index tasks_of_tree"),
    });
  },
  10 * MINUTES,
);

test(
  "an entry that the base cannot read is found by reading it",
  async () => {
    const folder = copy();
    edit(
      folder,
      "db/file/rows.ts",
      "body: JSON.stringify(",
      'body: entry.kind === "agent_response" ? "{}" : JSON.stringify(',
    );
    const [first] = await judgeData(judging, folder);
    expect(first?.kind).toBe("fault");
  },
  10 * MINUTES,
);

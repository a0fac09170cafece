import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import type { Tree } from "@/core/shapes/shapes";
import { NO_COUNTS } from "@/core/words/counts";
import { widthOf } from "./text";
import { terminalView } from "./views";

const NONE = { tokens: null, cost_usd: null, tasks: null, depth: null, seconds: null };
const TREE: Tree = {
  id: "tree",
  title: "A tree with a name that is longer than a narrow window",
  status: "running",
  reason: null,
  created_at: "2026-01-01T00:00:00.000Z",
  ended_at: null,
  created_by: "you",
  root_task_id: "root",
  workspace: "/w",
  forked_from: null,
  parked_until: null,
  priority: 0,
  headline: "",
  grant: NONE,
  totals: { tasks: 0, ended: 0, tokens_in: 0, tokens_out: 0, cost_usd: 0 },
  counts: NO_COUNTS,
  tasks: [],
};

test("when the window gets narrower, the rewrapped old tree is erased and redrawn to fit", async () => {
  const pass = new PassThrough();
  const stream = Object.assign(pass, { columns: 60, rows: 10, isTTY: false }) as unknown as NodeJS.WriteStream;
  const read = () => String(pass.read() ?? "");
  const view = await terminalView(stream);
  view.show(TREE, new Set());
  const before = stripVTControlCharacters(read()).split("\n").filter(Boolean);
  expect(before.map((line) => widthOf(line) > 30)).toEqual([true, true, true]);
  stream.columns = 30;
  stream.emit("resize");
  const drawn = read();
  // Three lines of 31 to 60 cells fill six rows of 30.
  expect(drawn).toContain("\u001b[6A\r\u001b[J");
  for (const line of stripVTControlCharacters(drawn).split(/[\r\n]+/)) expect(widthOf(line)).toBeLessThanOrEqual(30);
  view.finish();
  expect(stream.listenerCount("resize")).toBe(0);
});

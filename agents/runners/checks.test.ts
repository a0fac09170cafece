/** Which runner of a pool may check what trees claim. */
import { expect, test } from "vitest";
import type { PresenceRecord } from "@/lib/nats/wire";
import { LEVEL } from "@/lib/runner/protocol";
import { realTimers } from "@/lib/time/timers";
import { createTreeChecks } from "./checks";

test("Z10: a runner that named the pool of checks itself checks nothing, and the task says what it waits for", async () => {
  const record: PresenceRecord = {
    runner: "linux-1",
    pool: "clean",
    slots: 1,
    free: 1,
    architecture: "x64",
    version: "1",
    level: LEVEL,
    bootId: "boot-1",
  };
  const link = { presence: { list: () => [record], onChange: () => () => {}, keyPoolOf: () => null } };
  const sources = {
    cell: { link: () => link, problem: () => null, onChange: () => () => {}, close: async () => {} },
    store: { checks: { poolOf: () => "clean" }, places: { treesOf: () => new Map(), of: () => null } },
    timers: realTimers,
    places: { candidates: () => [record] },
  } as unknown as Parameters<typeof createTreeChecks>[0];
  const end = new AbortController();
  const said: string[] = [];
  const onWait = (text: string) => {
    said.push(text);
    end.abort(new Error("Enough."));
  };
  const request = { tree: "t", task: "t", signal: end.signal, onWait, now: "", own: {} } as unknown as Parameters<
    ReturnType<typeof createTreeChecks>["run"]
  >[0];
  await expect(createTreeChecks(sources).run(request, async () => "checked")).rejects.toThrow("Enough.");
  expect(said).toEqual([
    "Waits for a runner whose key is for the pool clean: npx banyan runner credentials linux-1 --pool clean",
  ]);
});

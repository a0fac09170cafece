/** When links with forges are looked at, also after the clock was ahead. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { openStore } from "@/db/store";

const HOUR = 3_600_000;

test("a link is due again once a clock that was ahead has been set right", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-due-"));
  const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { forges, projects } = store;
  const found = { checks: [], setup: null, kinds: [], is_git: true, is_empty: false };
  const project = { name: "shop", address: folder, branch: null, check: null, setup: null, found, defaults: {} };
  await projects.add({ ...project, createdBy: "tester", keys: [] });
  const place = {
    kind: "github" as const,
    host: "github.com",
    apiUrl: "https://api.github.com",
    path: "a/b",
    jira: null,
  };
  const how = {
    cloneUrl: "https://github.com/a/b.git",
    label: "banyan",
    rules: "",
    mostOpen: 1,
    maker: ownerCalled("tester"),
    login: "b",
  };
  await forges.setLink("shop", () => ({ ...place, ...how, createdBy: "tester" }));
  const ids = (nowMs: number) => forges.due(nowMs).map(({ project }) => project);
  const link = forges.link("shop");
  if (link === null) throw new Error("There is no link.");
  const nowMs = Date.now();
  const looked = (nextAtMs: number) =>
    forges.looked(link, { etags: {}, commentsSinceMs: nowMs, login: "b", failures: 0, trouble: null, nextAtMs });
  await looked(nowMs + HOUR);
  expect(ids(nowMs)).toEqual([]);
  // The look of an hour ago was at a time that is three hours ahead.
  expect(ids(nowMs - 3 * HOUR)).toEqual(["shop"]);
  expect(ids(nowMs + HOUR)).toEqual(["shop"]);
});

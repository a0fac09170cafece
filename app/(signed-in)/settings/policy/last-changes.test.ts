import { expect, test } from "vitest";
import { lastChanges } from "./last-changes";

const row = (actor: string, detail: object) => ({
  id: 1,
  at: `2026-01-01T00:00:00.000Z by ${actor}`,
  actor,
  action: "setPolicy",
  subject: "",
  tree: "",
  detail: JSON.stringify({ outcome: "done", ...detail }),
});

test("the newest change of the hosts counts, also one that an earlier version has noted", () => {
  const added = row("anna", { add_hosts: ["a.example"] });
  const removed = row("ben", { remove_hosts: ["a.example"] });
  const [earlier, other] = [row("carl", { addHosts: ["b.example"] }), row("dora", { removeHosts: ["b.example"] })];
  for (const one of [added, removed, earlier, other])
    expect(lastChanges([one, row("zoe", { add_hosts: ["z.example"] })]).hosts).toEqual({ by: one.actor, at: one.at });
});

test("a change of a level is none of the hosts, and a refused one is none at all", () => {
  const level = row("anna", { levels: { network: "ask" } });
  expect(lastChanges([level])).toEqual({ levels: { network: { by: "anna", at: level.at } }, hosts: null });
  expect(lastChanges([row("ben", { outcome: "refused", add_hosts: ["https://a/"] })])).toEqual({
    levels: {},
    hosts: null,
  });
});

import { expect, test } from "vitest";
import type { ReleasesNow } from "@/core/shapes/improving/self";
import { newsText, releaseFacts } from "./releases-now";

const person = { n: 4, title: "Tidy the log", commit: null, by_agents: false, made_at: "2030-01-01T00:00:00Z" };
const now: ReleasesNow = {
  serving: { ...person, n: 5, title: "Faster log", by_agents: true, since: "2030-01-02T00:00:00Z" },
  permanent: { ...person, since: "2030-01-01T00:00:00Z" },
  before: { ...person, n: 3, title: null },
  trial: {
    n: 5,
    answer_ms: 40,
    answer_ms_before: 30,
    bad_looks: 1,
    memory_bytes: 300_000_000,
    memory_bytes_before: 200_000_000,
  },
  limits: {
    used: 1,
    most: 3,
    next_at: "2030-01-02T01:00:00Z",
    taken_back: 0,
    most_taken_back: 3,
    minutes: { apart: 60, healthy: 10, watch: 30 },
  },
  without_wall: null,
  journal: [],
};
const textOf = (name: string, given = now) => releaseFacts(given).find((fact) => fact.name === name)?.text;

test("an owner reads what serves, what is tried against what, the limits, both ways out, and what is not protected", () => {
  expect(textOf("Serving")).toBe("Release 5 by agents (Faster log), since 2030-01-02T00:00:00Z, on trial.");
  expect(textOf("If it does worse")).toBe("Release 4 by a person (Tidy the log) serves again, by itself.");
  expect(textOf("On trial")).toMatch(
    /^Release 5: slow answers take .+ \(before: .+\); it uses .+ \(before: .+\); 1 bad/,
  );
  expect(textOf("Limits")).toMatch(/^1 of 3 releases by agents within a day; the next is possible from 2030-01-02T01/);
  const commands = releaseFacts(now).flatMap(({ command }) => command ?? []);
  expect(commands).toEqual(["npx banyan releases back 3", "npx banyan self off"]);
  expect(textOf("Not protected")).toMatch(/^A release runs behind a wall/);
  expect(textOf("Not protected", { ...now, without_wall: "Banyan runs as root" })).toMatch(
    /^Releases run with all rights of this account, because Banyan runs as root\. A person confirms each/,
  );
});

test("each line of the journal is a plain sentence", () => {
  const line = { at: "2030-01-01T00:00:00Z", n: 5, title: "Faster log", why: null, by: null };
  const said = ["approved", "trial", "permanent"].map((what) => newsText({ ...line, what, by: "Ann" }));
  expect(said).toEqual([
    "Release 5 (Faster log) was approved by Ann.",
    "Release 5 (Faster log) went on trial.",
    "Release 5 (Faster log) became permanent.",
  ]);
  expect(newsText({ ...line, what: "bad", why: "It hung." })).toBe(
    "Release 5 (Faster log) was taken back or refused. It hung.",
  );
  expect(newsText({ ...line, what: "back", by: "Ann" })).toBe("A person went back to release 5 (Faster log), by Ann.");
  expect(newsText({ ...line, what: "refused", n: null, title: null, why: "It conflicts." })).toBe("It conflicts.");
});

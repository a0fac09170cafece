import { expect, test } from "vitest";
import type { AgentsRelease } from "@/core/shapes/improving/self";
import { releaseState, releaseStatus, releaseWords } from "./releases";

const release = (given: Partial<AgentsRelease>): AgentsRelease => ({
  n: 7,
  state: "approved",
  commit: null,
  item: "i",
  made_at: "2030-01-01T00:00:00.000Z",
  why: null,
  waits: null,
  trial_since: null,
  numbers: null,
  needs_confirmation: false,
  ...given,
});

test("each state of a release is one sentence", () => {
  const since = "2030-01-01T00:00:00.000Z";
  const said: [Partial<AgentsRelease>, string, string][] = [
    [{}, "Release 7 is being built and tried behind walls.", "running"],
    [
      { waits: "Releases of agents begin an hour apart." },
      "Release 7 waits. Releases of agents begin an hour apart.",
      "waiting",
    ],
    [
      { state: "trial", trial_since: since },
      `Release 7 is on trial since ${since}: it becomes permanent when it has served well for half an hour.`,
      "running",
    ],
    [{ state: "permanent" }, "Release 7 is permanent.", "succeeded"],
    [
      {
        state: "permanent",
        numbers: { asked: 9, failed: 0, slow_ms: 41, before_ms: 38, not_measured: ["command", "approval"] },
      },
      "Release 7 is permanent. In its trial 0 of 9 requests for pages failed, and 95 % were answered within 41 ms (before: 38 ms). Not measured: a command and an approval in a small task, which the release before it could not do then.",
      "succeeded",
    ],
    [
      { state: "permanent", numbers: { asked: 360, failed: 1, slow_ms: 41, before_ms: 38 } },
      "Release 7 is permanent. In its trial 1 of 360 requests for pages failed, and 95 % were answered within 41 ms (before: 38 ms).",
      "succeeded",
    ],
    [{ state: "retired" }, "Release 7 was permanent; another has replaced it.", "succeeded"],
    [
      { state: "bad", why: "It ended with status 3.", trial_since: since },
      "Release 7 was taken back. It ended with status 3.",
      "failed",
    ],
    [{ state: "bad", why: "It could not be built." }, "Release 7 was refused. It could not be built.", "failed"],
    [
      { state: "dropped", why: "Another release became permanent." },
      "Release 7 was dropped. Another release became permanent. It is not tried again by itself; its task can propose the same change for another approval.",
      "stopped",
    ],
    [
      { state: "dropped", why: "Another release became permanent.", stale: true },
      "Release 7 was dropped. Another release became permanent. If it still fits, it is carried over to the new release: the gates judge it again.",
      "stopped",
    ],
    [
      { state: "dropped", why: "Another release came first.", stale: true, not_carried: "Both changed a.ts." },
      "Release 7 was dropped. Another release came first. It could not be carried over to the release that runs. Both changed a.ts. Its task can propose it again.",
      "stopped",
    ],
    [
      { carried_from: "0123456789abcdef", approved_by: "Ann" },
      "Release 7 is being built and tried behind walls. It was carried over from 0123456789ab, approved by Ann.",
      "running",
    ],
    [
      {
        state: "dropped",
        why: "Carried over, it is other.",
        needs_approval: true,
        carried_from: "c1",
        approved_by: "Ann",
      },
      "Release 7 was dropped. Carried over, it is other. Its review item asks for another approval. It was carried over from c1.",
      "stopped",
    ],
  ];
  for (const [given, sentence, status] of said)
    expect([releaseWords(release(given)), releaseStatus(release(given))]).toEqual([sentence, status]);
  expect(said.map(([given]) => releaseState(release(given)))).toEqual([
    "Approved",
    "Approved",
    "On trial",
    "Permanent",
    "Permanent",
    "Permanent",
    "Replaced",
    "Taken back",
    "Refused",
    "Dropped",
    "Dropped",
    "Dropped",
    "Approved",
    "Dropped",
  ]);
});

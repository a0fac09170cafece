/** What `project issues` prints. */
import { expect, test } from "vitest";
import type { ForgeOfProject, IssueOfForge, PartOfChange } from "@/core/shapes/forges";
import { issueLines } from "./forge";

const ISSUE: IssueOfForge = {
  number: 3,
  name: "#3",
  title: "Round up",
  url: "https://gitlab.com/acme/app/-/issues/3",
  author: "ann",
  asked_by: "ann",
  state: "open",
  why: null,
  tree: "t1",
  branch: "banyan/t1",
  pull: { number: 7, url: "https://gitlab.com/acme/app/-/merge_requests/7" },
  gates: null,
  parts: [],
  rounds: 0,
  created_at: "2026-11-27T10:00:00.000Z",
  changed_at: "2026-11-27T10:00:00.000Z",
  taken_back_at: null,
};
const KIND: ForgeOfProject["kind"] = "gitlab";

test("an issue names its pull request", () => {
  expect(issueLines(ISSUE, KIND)).toEqual([
    "#3  In review  Round up",
    "  asked by ann; merge request https://gitlab.com/acme/app/-/merge_requests/7, tree t1",
  ]);
});

test("a merge that somebody took back says so", () => {
  const lines = issueLines({ ...ISSUE, state: "merged", taken_back_at: "2026-11-29T10:00:00.000Z" }, KIND);
  expect([lines[0], lines.at(-1)]).toEqual(["#3  Merged  Round up", "  Somebody took the merge back on 2026-11-29."]);
});

test("an issue of several repositories names the pull request of each, as its forge calls it, and how it stands", () => {
  const part: PartOfChange = {
    folder: "app",
    host: "gitlab.com",
    kind: "gitlab",
    state: "open",
    why: "It waits for 1 approval.",
    pull: ISSUE.pull,
    gates: null,
  };
  const lib = { number: 5, url: "https://github.com/acme/lib/pull/5" };
  const parts: PartOfChange[] = [
    { ...part, folder: "lib", host: "github.com", kind: "github", state: "merged", why: null, pull: lib },
    part,
    { ...part, folder: "docs", state: "working", why: null, pull: null },
  ];
  expect(issueLines({ ...ISSUE, parts }, KIND)).toEqual([
    "#3  In review  Round up",
    "  asked by ann; tree t1",
    "  lib #5 merged: https://github.com/acme/lib/pull/5",
    "  app !7 in review: https://gitlab.com/acme/app/-/merge_requests/7",
    "    It waits for 1 approval.",
    "  docs not offered yet",
  ]);
});

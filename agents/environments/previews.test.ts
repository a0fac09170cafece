import { expect, test } from "vitest";
import type { StoredEnvironment } from "@/db/environments/environments";
import { keepPreviews } from "./previews";

type Known = Pick<StoredEnvironment, "uid" | "project" | "pull" | "pullHead" | "commit" | "state">;

const KNOWN: Known = { uid: "pr-7", project: "shop", pull: 7, pullHead: "b", commit: "b", state: "running" };

/** Returns what is done about the previews of one open pull request. */
async function done(
  known: Known | null,
  head: string | null,
  pulls: { pullUrl: string; head: string }[] = [],
  others: { pull: null }[] = [],
) {
  const did: unknown[] = [];
  const issue = { id: 1, state: "open", pull: 7, pullUrl: "https://forge/7", part: null, head, branch: "banyan/1" };
  const environments = {
    all: () => (known ? [known, ...others] : others),
    add: async ({ pull, pullHead }: StoredEnvironment) => did.push(["add", pull, pullHead]),
    renew: async (uid: string, wanted: StoredEnvironment) => did.push(["renew", uid, wanted.pullHead]),
    set: async (uid: string, _: unknown, to: { state: string }) => did.push([to.state, uid]),
  };
  const projects = { all: () => [{ name: "shop", service: { previews: true } }] };
  const forges = { link: () => ({ projectId: 1 }), unsettled: () => [issue], pulls: () => pulls };
  await keepPreviews({ store: { environments, projects, forges } as never });
  return did;
}

test("a preview follows what Banyan pushes, once, and not what others push to the branch", async () => {
  expect(await done(null, "a")).toEqual([["add", 7, "a"]]);
  expect(await done({ ...KNOWN, pullHead: "a", commit: "a" }, "b")).toEqual([["renew", "pr-7", "b"]]);
  expect(await done({ ...KNOWN, commit: "of-somebody-else" }, "b")).toEqual([]);
  expect(await done({ ...KNOWN, pullHead: "a", state: "preparing" }, "b")).toEqual([]);
});

test("one that failed is made again of the next push, and only of that", async () => {
  const failed = { ...KNOWN, commit: null, state: "failed" } as const;
  expect(await done(failed, "b")).toEqual([]);
  expect(await done(failed, "c")).toEqual([["renew", "pr-7", "c"]]);
});

test("where a change is in several repositories, the one of this pull request counts", async () => {
  const pulls = [
    { pullUrl: "https://forge/3", head: "x" },
    { pullUrl: "https://forge/7", head: "c" },
  ];
  expect(await done(KNOWN, null, pulls)).toEqual([["renew", "pr-7", "c"]]);
  expect(await done({ ...KNOWN, pullHead: "c" }, null, pulls)).toEqual([]);
});

test("one that finds no place waits", async () => {
  const others = Array.from({ length: 50 }, () => ({ pull: null }));
  expect(await done(null, "a", [], others)).toEqual([]);
  expect(await done(null, "a", [], others.slice(1))).toEqual([["add", 7, "a"]]);
});

/** Looks for merged changes that somebody took back. */
import { WATCHED_DAYS } from "@/core/kpis/quality";
import type { StoredIssue } from "@/db/forges/stored";
import { type ForgeCommit, ForgeError } from "@/lib/forges/port";
import { takesBack } from "@/lib/forges/reverts";
import { Undeliverable } from "./branch";
import { deliveredParts, type Part } from "./parts";
import type { Look } from "./sources";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
/** A base is read so often: each pull request costs a request, each base some more. */
const EVERY_MS = HOUR_MS;
/** A link that was away for longer learns no more what happened meanwhile. */
const LOOK_BACK_MS = 2 * WATCHED_DAYS * DAY_MS;
const MOST_AT_A_TIME = 50;

/**
 * Keeps of merged changes, once an hour until 14 days after their merge, whether somebody took them back. A token that may
 * not read the commits holds nothing else back.
 */
export async function readTakenBack(look: Look): Promise<void> {
  try {
    await readDue(look);
  } catch (error) {
    if (!(error instanceof ForgeError) || error.kind !== "refused") throw error;
  }
}

async function readDue(look: Look): Promise<void> {
  const { store, link, now } = look;
  const issues = store.forges.merged(link.projectId, {
    sinceMs: now() - LOOK_BACK_MS,
    readBeforeMs: now() - EVERY_MS,
    watchedMs: WATCHED_DAYS * DAY_MS,
    limit: MOST_AT_A_TIME,
  });
  const oldestMs = Math.min(...issues.map(({ createdAtMs }) => createdAtMs));
  const commitsOf = onceForEach((part: Part, base: string) => part.look.port.commitsSince(base, oldestMs));
  for (const issue of issues) {
    const parts = await mergedParts(look, issue);
    if (parts === null) continue;
    const times: number[] = [];
    for (const part of parts) times.push(...(await timesTakenBack(part, commitsOf)));
    await store.forges.readTakenBack(issue.id, times.length === 0 ? null : Math.min(...times));
  }
}

type CommitsOf = (part: Part, base: string) => Promise<ForgeCommit[]>;

/** Resolves with the times of commits that take back what a part has merged. */
async function timesTakenBack(part: Part, commitsOf: CommitsOf): Promise<number[]> {
  const { pull: number, state } = part.issue;
  if (number === null || state !== "merged") return [];
  const { link, port } = part.look;
  const { path } = link;
  try {
    const { base, mergedAs: commits } = await port.pull(number);
    const read = await commitsOf(part, base);
    return read.filter(({ message }) => takesBack(message, { path, number, commits })).map(({ atMs }) => atMs);
  } catch (error) {
    // Where its base is gone, nobody can take it back.
    if (error instanceof ForgeError && error.kind === "missing") return [];
    throw error;
  }
}

/** Resolves with null when a repository was removed from the project, so that nothing can be known of the change in it. */
async function mergedParts(look: Look, issue: StoredIssue): Promise<Part[] | null> {
  try {
    return (await deliveredParts(look, issue)) ?? [{ look, issue, needs: [] }];
  } catch (error) {
    if (error instanceof Undeliverable) return null;
    throw error;
  }
}

/** Reads each base once. */
function onceForEach(read: CommitsOf): CommitsOf {
  const known = new Map<string, Promise<ForgeCommit[]>>();
  return (part, base) => {
    const { host, path } = part.look.link;
    const key = `${host}/${path} ${base}`;
    const commits = known.get(key) ?? read(part, base);
    known.set(key, commits);
    return commits;
  };
}

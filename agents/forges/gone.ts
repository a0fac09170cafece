/** Issues and pull requests that are gone at their forge: deleted, or taken to another repository. */
import type { StoredIssue } from "@/db/forges/stored";
import { ForgeError, type ForgeIssue, type ForgePull } from "@/lib/forges/port";
import type { Look } from "./sources";

/** Resolves with the issue as it is now; null: it is gone. */
export function issueNow({ tracker: { port }, link }: Look, number: number): Promise<ForgeIssue | null> {
  return orGone(
    () => port.issue(number),
    () => port.issues({ label: link.label }, null),
  );
}

/** Resolves with the pull request as it is now; null: it is gone. */
export function pullNow({ port }: Look, { branch }: StoredIssue, number: number): Promise<ForgePull | null> {
  return orGone(
    () => port.pull(number),
    () => port.findPull(branch),
  );
}

/** Whether the issue, or its pull request, is gone where this error is of a request about it. */
export async function isGone(look: Look, issue: StoredIssue, pull: number | null, error: unknown): Promise<boolean> {
  if (!isMissing(error)) return false;
  return (pull === null ? await issueNow(look, issue.number) : await pullNow(look, issue, pull)) === null;
}

/**
 * Resolves with null for a thing that is gone. A forge gives the same answer to a token that may no longer see it, so
 * `beside`, which that token may not see either, is asked for, too.
 */
async function orGone<Found>(read: () => Promise<Found>, beside: () => Promise<unknown>): Promise<Found | null> {
  try {
    return await read();
  } catch (error) {
    if (!isMissing(error)) throw error;
    await beside();
    return null;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof ForgeError && error.kind === "missing";
}

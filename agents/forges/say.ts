/** Writes comments, each once. */
import { createHash } from "node:crypto";
import type { StoredIssue } from "@/db/forges/stored";
import type { ForgeComment } from "@/lib/forges/port";
import { isGone } from "./gone";
import type { Look } from "./sources";

const MARK = /<!-- banyan [0-9a-f]{32} -->\s*$/;

/** Whether Banyan wrote it. Its account may be a person's own, so the account alone does not say it. */
export function isOwn({ author, body }: ForgeComment, login: string): boolean {
  return author === login && MARK.test(body);
}

/** Returns the key of what is done once: once in each repository where the change is in several. */
export function keyOf({ part }: Pick<StoredIssue, "part">, key: string): string {
  return part === null ? key : `${part} ${key}`;
}

/**
 * Writes a comment on the pull request of an issue, or on the issue while it has none, unless it is there. A kill after
 * the forge has it and before that is stored finds it again by its mark, which only counts in comments of Banyan's own
 * account.
 */
export async function say(
  look: Look,
  issue: StoredIssue,
  {
    key: given,
    text,
    on = issue.pull === null ? "issue" : "pull",
  }: { key: string; text: string; on?: "issue" | "pull" },
): Promise<void> {
  const { store, port, login, tracker, redact } = look;
  const key = keyOf(issue, given);
  if (store.forges.hasComment(issue.id, key)) return;
  // A change that no issue asked for has nobody to tell before its pull request: the project's page says how it goes.
  if (on === "issue" && issue.cycle !== null) return;
  const mark = `<!-- banyan ${createHash("sha256").update(`${issue.tree} ${key}`).digest("hex").slice(0, 32)} -->`;
  const { number } = issue;
  const pull = on === "issue" ? null : issue.pull;
  const self = pull === null ? tracker.login : login;
  const body = `${redact(text)}\n\n${mark}`;
  try {
    const there = pull === null ? await tracker.port.issueComments(number) : await port.pullComments(pull);
    if (there.some((comment) => comment.author === self && comment.body.includes(mark))) {
      // A kill came between the comment and its row.
    } else if (pull === null) await tracker.port.commentOnIssue(number, body);
    else await port.commentOnPull(pull, body);
  } catch (error) {
    // Nobody reads there any more.
    if (!(await isGone(look, issue, pull, error))) throw error;
  }
  await store.forges.commented(issue.id, key);
}

/** Writes comments, each once. */
import { createHash } from "node:crypto";
import type { StoredIssue } from "@/db/forges/forges";
import type { Look } from "./sources";

/**
 * Writes a comment on an issue or a pull request, unless it is there. A kill after the forge has it and before that is
 * stored finds it again by its mark, which only counts in comments of Banyan's own account.
 */
export async function say(
  { store, port, login, redact }: Look,
  issue: StoredIssue,
  { on, key, text }: { on: number; key: string; text: string },
): Promise<void> {
  if (store.forges.hasComment(issue.id, key)) return;
  const mark = `<!-- banyan ${createHash("sha256").update(`${issue.tree} ${key}`).digest("hex").slice(0, 32)} -->`;
  const there = await port.comments(on);
  const isThere = there.some(({ author, body }) => author === login && body.includes(mark));
  if (!isThere) await port.comment(on, `${redact(text)}\n\n${mark}`);
  await store.forges.commented(issue.id, key);
}

/** What continues the tree of an open pull request: remarks of people who may write, failed checks, a conflict with the base. */
import { wordsFor } from "@/core/forges/request";
import type { Asked } from "@/core/forges/texts";
import type { StoredIssue } from "@/db/forges/stored";
import type { ForgeComment } from "@/lib/forges/port";
import { conflictKey, conflictsWithBase } from "./branch";
import type { SeenPull } from "./ruled";
import { isOwn } from "./say";
import type { Look } from "./sources";

export interface Found {
  asked: Asked;
  /** What the tree is given now, so that it is not given it again. */
  ids: string[];
  /** A person has asked by a command. */
  isCommand: boolean;
}

/** Resolves with null when nothing is asked that the tree was not given already. */
export async function whatIsAsked(look: Look, issue: StoredIssue, seen: SeenPull): Promise<Found | null> {
  const { pull, checks } = seen;
  const remarks = await newRemarks(look, issue, seen);
  const checkId = `checks ${pull.head}`;
  const failed = checks.state === "failed" && !issue.seen.includes(checkId) ? checks.failed : [];
  const conflict = pull.hasConflict === true ? await conflictsWithBase(look, issue) : null;
  const isNew = conflict !== null && !issue.seen.includes(conflictKey(conflict.baseHead));
  const conflicts = isNew ? conflict.conflicts : [];
  const ids = [
    ...remarks.map(({ id }) => id),
    ...(failed.length > 0 ? [checkId] : []),
    ...(conflict !== null && conflicts.length > 0 ? [conflictKey(conflict.baseHead)] : []),
  ];
  if (ids.length === 0) return null;
  return {
    ids,
    isCommand: remarks.some(({ body }) => wordsFor(body) !== null),
    asked: {
      folder: look.beside?.folder ?? null,
      remarks: remarks.map(({ author, body, place }) => ({ by: author, text: wordsFor(body) ?? body, place })),
      failed,
      conflicts,
      base: pull.base,
    },
  };
}

/**
 * Returns remarks that continue the tree: reviews that ask for changes, remarks on lines, and comments with the command.
 * Other comments are talk among people. What Banyan wrote itself is none of the three, though its account may be that of a
 * person who asks for changes.
 */
async function newRemarks(
  { port, login }: Look,
  issue: StoredIssue,
  { pull, reviews, mayWrite }: SeenPull,
): Promise<ForgeComment[]> {
  const comments = (await port.pullComments(pull.number)).filter(({ body }) => wordsFor(body) !== null);
  const asking = reviews.filter(({ verdict, place }) => verdict === "changes" || place !== null);
  // A comment may be a part of a review too.
  const all = new Map([...comments, ...asking].map((remark) => [remark.id, remark]));
  const remarks: ForgeComment[] = [];
  for (const remark of all.values()) {
    const isNew = !issue.seen.includes(remark.id) && !isOwn(remark, login);
    if (isNew && (await mayWrite(remark.author))) remarks.push(remark);
  }
  return remarks;
}

/** Commands on pull requests in further repositories of a project, when the tree of their issue has failed. */
import { wordsFor } from "@/core/forges/request";
import { type Asked, goOnWords } from "@/core/forges/texts";
import type { StoredIssue } from "@/db/forges/stored";
import { ForgeError } from "@/lib/forges/port";
import { Undeliverable } from "./branch";
import { deliveredParts, type Part } from "./parts";
import { attemptOf, hasPlace, TRY_AGAIN } from "./requests";
import { isOwn } from "./say";
import type { Look } from "./sources";

/** Each of their pull requests costs up to two requests a look. */
const MOST_FAILED = 10;

/**
 * Lets failed issues go on by commands on their pull requests in further repositories. Those on the project's own are read
 * with the requests for work, and those of an issue in review with its pull requests.
 */
export async function goOnBeside(look: Look): Promise<void> {
  for (const issue of look.store.forges.failedBeside(look.link.projectId, MOST_FAILED)) {
    if (!hasPlace(look)) return;
    await goOnByCommand(look, issue);
  }
}

async function goOnByCommand(look: Look, issue: StoredIssue): Promise<void> {
  const attempt = attemptOf(look, issue.tree);
  if (attempt === null) return;
  const found: { asked: Asked; seen: [string | null, string[]] }[] = [];
  for (const part of await partsBeside(look, issue)) {
    const commands = await newCommands(part);
    if (commands.length === 0) continue;
    const { part: folder, seen, base } = part.issue;
    found.push({
      asked: {
        folder,
        remarks: commands.map(({ by, text }) => ({ by, text, place: null })),
        failed: [],
        conflicts: [],
        base: base ?? "",
      },
      seen: [folder, [...seen, ...commands.map(({ id }) => id)]],
    });
  }
  if (found.length === 0) return;
  const text = goOnWords({ kind: look.link.kind, round: 1, asked: found.map(({ asked }) => asked) });
  const change = { state: "working", why: null, rounds: 1, words: { text, attempt } } as const;
  await look.store.forges.changeWithParts(issue, change, new Map(found.map(({ seen }) => seen)));
}

/** Resolves with the open parts in further repositories. */
async function partsBeside(look: Look, issue: StoredIssue): Promise<Part[]> {
  try {
    const parts = (await deliveredParts(look, issue)) ?? [];
    return parts.filter((part) => part.issue.state === "open" && !part.look.beside?.isOwn);
  } catch (error) {
    // A repository that was removed from the project asks for nothing.
    if (error instanceof Undeliverable) return [];
    throw error;
  }
}

/** Resolves with commands of people who may write that the tree was not given yet, oldest first. */
async function newCommands({
  look: { port, login },
  issue,
}: Part): Promise<{ id: string; by: string; text: string }[]> {
  const commands: { id: string; by: string; text: string }[] = [];
  for (const comment of issue.pull === null ? [] : await commentsOn(port, issue.pull)) {
    const { id, author, body } = comment;
    const words = wordsFor(body);
    if (words === null || issue.seen.includes(id) || isOwn(comment, login) || !(await port.mayWrite(author))) continue;
    commands.push({ id, by: author, text: words === "" ? TRY_AGAIN : words });
  }
  return commands;
}

/** A pull request that is gone at its forge has no comments. */
async function commentsOn(port: Part["look"]["port"], pull: number) {
  try {
    return await port.pullComments(pull);
  } catch (error) {
    if (error instanceof ForgeError && error.kind === "missing") return [];
    throw error;
  }
}

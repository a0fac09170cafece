/** Reads a goal from a file that a repository keeps: `.banyan/goal.yaml`. */
import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type Alias, type Document, isMap, LineCounter, type Node, type Pair, parseDocument, visit } from "yaml";
import { z } from "zod";
import { submissionFields } from "@/agents/operations/submission";
import { goalFields } from "@/core/goals/facts/fields";
import type { Submission } from "@/core/shapes/submission";
import { readFileText } from "@/scripts/cli/context/file-text";
import { UsageError } from "@/scripts/cli/print/output";

const GOAL_FILE = ".banyan/goal.yaml";

/** What the file may contain besides the goal itself: fields of every submission. */
const AROUND = ["model", "grant", "rights", "confined", "priority", "stepping"] as const;
const { model, confined, priority, stepping } = submissionFields.shape;
// null would decline a cap, which only a person may.
const { tokens, cost_usd, tasks, depth, seconds } = submissionFields.shape.grant.unwrap().shape;
const amount = (cap: typeof tokens) =>
  cap.refine((value) => value !== null, "must be an amount: only --max-cost-usd none declines a cap");
const grant = z
  .strictObject(
    {
      tokens: amount(tokens),
      cost_usd: amount(cost_usd),
      tasks: amount(tasks),
      depth: amount(depth),
      seconds: amount(seconds),
    },
    "must be an object of amounts",
  )
  .optional();
// A repository is somebody else's text, so it cannot give its goal more rights on the machine.
const rights = z
  .array(
    z.enum(["read", "write", "network"], "must be of read, write, network: give others with --rights"),
    "must be a list of rights",
  )
  .optional();
const fields = z.strictObject({
  goal: z.string("must be text: say what should be reached").trim().min(1, "is empty: say what should be reached"),
  ...goalFields.shape,
  model,
  grant,
  rights,
  confined,
  priority,
  stepping,
});

export interface GoalFile {
  submission: Submission;
  /** The folder that holds `.banyan`; null for a file elsewhere. */
  workspace: string | null;
}

/** Returns the file of a folder's goal, or null when the folder has none. */
export function goalFileIn(folder: string): string | null {
  const file = join(folder, GOAL_FILE);
  return existsSync(file) ? file : null;
}

/** Throws UsageError with one sentence that names the file and the line. */
export async function readGoalFile(at: { cwd: string }, file: string): Promise<GoalFile> {
  const submission = parseGoalFile(await readFileText(at, file), file);
  const folder = dirname(resolve(at.cwd, file));
  return { submission, workspace: file !== "-" && basename(folder) === ".banyan" ? dirname(folder) : null };
}

/** Throws UsageError. `file` is its name for people. */
export function parseGoalFile(text: string, file: string): Submission {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const refuse = (offset: number, why: string): UsageError =>
    new UsageError(`Line ${lines.linePos(offset).line} of ${file} is wrong: ${why.replace(/\.$/, "")}.`);
  const [broken] = document.errors;
  if (broken) throw refuse(broken.pos[0], `this is not valid YAML (${broken.message})`);
  if (!isMap(document.contents)) throw refuse(0, 'start with "goal:" and what should be reached');
  const read = fields.safeParse(dataOf(document, refuse));
  if (!read.success) {
    const issue = read.error.issues[0] as z.core.$ZodIssue;
    const unknown = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
    const path = unknown === undefined ? issue.path : [...issue.path, unknown];
    throw refuse(offsetOf(document, path), reasonOf(issue, path, unknown !== undefined));
  }
  const { goal: task, ...given } = read.data;
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  const isAround = ([name]: [string, unknown]) => AROUND.some((known) => known === name);
  return {
    ...Object.fromEntries(entries.filter(isAround)),
    task,
    goal: Object.fromEntries(entries.filter((entry) => !isAround(entry))),
  };
}

/** Returns the document as data. YAML reads a glob without quotation marks as an alias, which the parser finds only here. */
function dataOf(document: Document, refuse: (offset: number, why: string) => UsageError): unknown {
  let unknown: Alias | undefined;
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document)) return undefined;
      unknown = alias;
      return visit.BREAK;
    },
  });
  if (unknown)
    throw refuse(unknown.range?.[0] ?? 0, `text that begins with "*" needs quotation marks: "*${unknown.source}"`);
  try {
    return document.toJS();
  } catch (error) {
    throw refuse(0, `it cannot be read (${(error as Error).message})`);
  }
}

function reasonOf(issue: z.core.$ZodIssue, path: readonly PropertyKey[], isUnknown: boolean): string {
  const name = path.map(String).join(".");
  if (isUnknown) return `there is no field "${name}"`;
  return `"${name}" ${issue.message}`;
}

/** Returns where a field begins in the text: its key, or the nearest field around it that exists. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const [above, last] = [path.slice(0, length - 1), path[length - 1]];
    const parent = above.length === 0 ? document.contents : document.getIn(above as unknown[], true);
    const pair = isMap(parent)
      ? parent.items.find((item) => String((item as Pair<Node>).key) === String(last))
      : undefined;
    const node = (pair?.key ?? document.getIn(path.slice(0, length) as unknown[], true)) as Node | undefined;
    if (node?.range) return node.range[0];
  }
  return 0;
}

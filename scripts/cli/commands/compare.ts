/** `compare`: prints two trees side by side, then the files that differ. */
import type { ComparedTree, Comparison } from "@/core/shapes/comparison";
import { namesOf, startRows } from "@/core/words/comparison";
import { duration, exactMoney } from "@/core/words/figures";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { paint, print, printJson, warn } from "@/scripts/cli/print/output";
import { clean, oneLine, padTo, wrap } from "@/scripts/cli/print/text";
import { verdictText } from "@/scripts/cli/print/verdict";
import { short, stateOfTree } from "@/scripts/cli/print/words";
import type { Arguments } from "./act";

const LABEL_CELLS = 14;
const GAP = "  ";
const PIPE_WIDTH = 120;
const MOST_LINES = 8;
const MARKS = { added: ["green", "+"], modified: ["yellow", "~"], deleted: ["red", "-"] } as const;

export async function compare(context: Context, [left = "", right = ""]: Arguments, flags: Flags): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const comparison = await queries.compareTrees(left, right);
    if (context.json) {
      printJson(comparison);
      return 0;
    }
    const [a, b] = comparison.trees;
    const width = process.stdout.isTTY ? process.stdout.columns || PIPE_WIDTH : PIPE_WIDTH;
    for (const line of tableLines(comparison, width)) print(line);
    for (const line of startLines(a, b, width)) print(line);
    for (const line of fileLines(comparison)) print(line);
    if (flags.patch) printPatch(comparison);
    return 0;
  });
}

export function tableLines({ trees }: Comparison, width: number): string[] {
  const rounds = trees.map((tree) => (tree.rounds === null ? "no goal" : String(tree.rounds)));
  const hasGoal = trees.some((tree) => tree.rounds !== null);
  const rows = ROWS.map(([label, of]) => [label, ...trees.map(of)]);
  return sideBySide([...rows, ...(hasGoal ? [["Rounds", ...rounds]] : [])], width);
}

/** Returns the settings with which the trees were started, where they differ. */
function startLines(a: ComparedTree, b: ComparedTree, width: number): string[] {
  const rows = startRows(a, b);
  const different = rows.filter((row) => row.differs).map((row) => [row.name, row.a, row.b]);
  const same = rows.filter((row) => !row.differs);
  return [
    "",
    different.length > 0 ? "Started with:" : "Both were started with the same.",
    ...sideBySide(different, width),
    ...(different.length > 0 && same.length > 0 ? [`The same in both: ${namesOf(same)}.`] : []),
  ];
}

/** Returns rows of a label and two texts as lines. */
function sideBySide(rows: readonly string[][], width: number): string[] {
  const cells = Math.max(10, Math.floor((width - LABEL_CELLS - 2 * GAP.length) / 2));
  return rows.flatMap(([label = "", ...texts]) => {
    const sides = texts.map((text) => linesOf(text, cells));
    const height = Math.max(...sides.map((lines) => lines.length));
    return Array.from({ length: height }, (_, at) => {
      const [left = "", right = ""] = sides.map((lines) => lines[at] ?? "");
      return [padTo(at === 0 ? label : "", LABEL_CELLS), padTo(left, cells), right].join(GAP).trimEnd();
    });
  });
}

function linesOf(text: string, cells: number): string[] {
  const lines = wrap(clean(text).trim(), cells);
  return lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), "…"] : lines;
}

const ROWS: [string, (tree: ComparedTree) => string][] = [
  ["Tree", (tree) => `${short(tree.tree_id)}${originOf(tree)}`],
  ["Title", (tree) => oneLine(tree.title)],
  ["Status", (tree) => `${stateOfTree(tree).word}${tree.reason ? ` (${tree.reason})` : ""}`],
  ["Verdict", (tree) => (tree.verdict ? verdictText(tree.verdict) : "none")],
  ["Tasks", (tree) => String(tree.tasks)],
  ["Tokens", (tree) => `${tree.tokens}${copiedText(tree, String(tree.copied.tokens))}`],
  ["Cost", (tree) => `${exactMoney(tree.cost_usd)}${copiedText(tree, exactMoney(tree.copied.cost_usd))}`],
  ["Duration", (tree) => duration(tree.seconds * 1_000)],
  ["Result", (tree) => tree.result ?? "none yet"],
];

function originOf({ forked_from }: ComparedTree): string {
  return forked_from ? ` (forked from ${short(forked_from.tree_id)})` : "";
}

function copiedText({ forked_from }: ComparedTree, amount: string): string {
  return forked_from ? ` (${amount} of it copied)` : "";
}

function fileLines({ files }: Comparison): string[] {
  if (files === null) return ["", "Cannot compare files: one of the trees kept none."];
  if (files.length === 0) return ["", "The files are identical."];
  return [
    "",
    `Files changed from the first to the second tree (${files.length}):`,
    ...files.map(({ path, change }) => {
      const [style, mark] = MARKS[change];
      return `${paint(style, mark)} ${oneLine(path)}`;
    }),
  ];
}

function printPatch({ patch, truncated }: Comparison): void {
  if (patch) print(`\n${clean(patch).trimEnd()}`);
  if (truncated) warn("The patch is too long, so its end is left out.");
}

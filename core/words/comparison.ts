/** Compares two trees in words: their origin and their main differences. Pure. */
import { isEnded } from "@/core/log/terms";
import type { ComparedTree } from "@/core/shapes/comparison";
import { exactCount, grantText, money, plural } from "./figures";
import { turnText } from "./forks";
import { titleOf } from "./lessons";
import { withoutDisguise } from "./visible";

export function originText(a: ComparedTree, b: ComparedTree): string {
  const [name, from] = b.forked_from?.tree_id === a.tree_id ? ["B", b] : ["A", a];
  const source = name === "B" ? "A" : "B";
  const isFork = from.forked_from?.tree_id === (name === "B" ? a : b).tree_id;
  if (isFork) return `${name} was forked from ${source}${pointOf(from)}. Both hold everything before that.`;
  const [first, second] = [a.forked_from, b.forked_from];
  if (first && second && first.tree_id === second.tree_id)
    return `Both were forked from the same tree: A${pointOf(a)}, B${pointOf(b)}.`;
  return "Neither was forked from the other.";
}

/** Returns for example " at turn 3"; "" for a fork whose log no longer says it. */
function pointOf({ forked_from: origin }: ComparedTree): string {
  const turn = origin && turnText(origin);
  return turn ? ` at ${turn}` : "";
}

/** Returns the measured differences of B from A in one sentence, without a verdict. */
export function differenceText(a: ComparedTree, b: ComparedTree): string {
  const parts: string[] = [];
  if (a.status !== b.status) parts.push(`A ${stateText(a)}, B ${stateText(b)}`);
  const [shownA, shownB] = [shownOf(a), shownOf(b)];
  if (shownA !== shownB)
    parts.push(`B shows ${plural(Math.abs(shownB - shownA), "claim")} ${shownB > shownA ? "more" : "fewer"}`);
  const cost = relative(ownCost(a), ownCost(b));
  if (cost) parts.push(`B costs ${cost}`);
  const tokens = relative(ownTokens(a), ownTokens(b));
  if (!cost && tokens) parts.push(`B takes ${tokens} tokens`);
  const areOver = isEnded(a.status) && isEnded(b.status);
  if (areOver && a.rounds !== null && b.rounds !== null && a.rounds !== b.rounds)
    parts.push(`B took ${plural(b.rounds, "round")} instead of ${a.rounds}`);
  return parts.length > 0
    ? `${parts.join("; ")}. Copied spend is not counted.`
    : "So far they do not differ in what was measured.";
}

function stateText({ status }: ComparedTree): string {
  if (status === "succeeded" || status === "failed") return status;
  return status === "stopped" ? "was stopped" : `is ${status}`;
}

function shownOf({ verdict }: ComparedTree): number {
  return verdict?.claims.filter((claim) => claim.mark === "shown").length ?? 0;
}

/** What the tree itself spent. A fork's totals include copied spend. */
const ownCost = ({ cost_usd, copied }: ComparedTree) => Math.max(0, cost_usd - copied.cost_usd);
const ownTokens = ({ tokens, copied }: ComparedTree) => Math.max(0, tokens - copied.tokens);

function relative(a: number, b: number): string | null {
  if (a === 0 || b === 0 || a === b) return null;
  const percent = Math.round((Math.abs(b - a) / a) * 100);
  return percent === 0 ? null : `${percent} % ${b < a ? "less" : "more"}`;
}

export function copiedText({ copied }: ComparedTree): string | null {
  if (copied.tokens === 0 && copied.cost_usd === 0) return null;
  return `of it ${money(copied.cost_usd)} and ${exactCount(copied.tokens)} tokens copied, not spent by it`;
}

export interface StartRow {
  name: string;
  a: string;
  b: string;
  differs: boolean;
}

/**
 * Returns what both trees were started with, in words. Trees with folders of their own get no row for the folder,
 * because these always differ.
 */
export function startRows(a: ComparedTree, b: ComparedTree): StartRow[] {
  const haveOwn = a.workspace === null && b.workspace === null;
  return START_FACTS.filter(([name]) => !(haveOwn && name === "Workspace")).map(([name, of]) => ({
    name,
    a: of(a),
    b: of(b),
    differs: of(a) !== of(b),
  }));
}

const START_FACTS: readonly [string, (tree: ComparedTree) => string][] = [
  ["Instruction", (tree) => tree.instruction],
  ["Agent", (tree) => tree.agent],
  ["Model", (tree) => tree.model],
  ["Runbook", (tree) => tree.runbook ?? "none"],
  ["Workspace", (tree) => tree.workspace ?? "a folder of its own"],
  ["Grant", (tree) => grantText(tree.grant)],
  ["Rights", (tree) => tree.rights.join(", ") || "none"],
  ["Agents used", (tree) => versionsText(tree.agents)],
  ["Documents used", (tree) => versionsText(tree.documents)],
  ["Lessons", lessonsText],
];

/** Returns which lessons its tasks may be shown, and those that its own tasks were shown. */
function lessonsText({ lessons_given, lessons }: ComparedTree): string {
  if (lessons_given === "none") return "none: it runs without lessons";
  const shown = lessons.map((lesson) => `“${withoutDisguise(titleOf(lesson))}”`).join(", ");
  if (lessons_given === "named") return shown ? `only ${shown}` : "only named ones, none shown yet";
  return shown || "none shown";
}

function versionsText(used: ComparedTree["agents"]): string {
  return (
    used.map(({ name, versions }) => `${name} ${versions.map((version) => `v${version}`).join(" and ")}`).join(", ") ||
    "none"
  );
}

/** Returns the names of the given rows as the end of a sentence. */
export function namesOf(rows: readonly StartRow[]): string {
  const names = rows.map((row, index) => (index === 0 ? row.name : row.name.toLowerCase()));
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** What went wrong in tasks, sorted into kinds: agent × reason × message without what differs from task to task. Pure. */
import { createHash } from "node:crypto";
import type { FaultKind, FaultReason } from "@/core/log/faults";
import type { Reason } from "@/core/log/reasons";

/** Older faults are forgotten; a rejected proposal stays rejected for the same time. */
export const MEMORY_MS = 30 * 86_400_000;
export const MOST_KINDS = 8;

const MOST_QUOTES = 3;
const QUOTE_CHARS = 400;
const SIGNATURE_WORDS = 24;

/** Failures that no text of the configuration causes: people, a provider's payment, connections, other tasks. */
const NO_FAULTS: ReadonlySet<Reason> = new Set([
  "model_error",
  "bad_request",
  "no_model",
  "no_key",
  "dependency_failed",
  "ask_timeout",
  "parent_ended",
  "by_person",
  "by_parent",
] as const);

/** Here the message is free text, worded differently each time. */
const IN_OTHER_WORDS: ReadonlySet<FaultReason> = new Set(["by_agent", "judged_failed", "claims_failed"]);

export function isFault(reason: Reason): boolean {
  return !NO_FAULTS.has(reason);
}

export interface Fault {
  kind: string;
  agent: string;
  reason: FaultReason;
  signature: string;
  quote: string;
  tree: string;
  task: string;
  seq: number | null;
  atMs: number;
}

/** Returns what two messages about the same fault have in common: quoted names, paths, ids and numbers are left out. */
export function signatureOf(reason: FaultReason, message: string): string {
  if (IN_OTHER_WORDS.has(reason)) return "";
  const plain = (message.split("\n", 1)[0] ?? "")
    .slice(0, 1_000)
    .replace(/https?:\/\/\S+/g, "…")
    .replace(/“[^”]*”|"[^"]*"|`[^`]*`/g, "…")
    .replace(/\S*[/\\]\S*/g, "…")
    .replace(/[\p{L}_-]*\d(?:[\p{L}\d._:,-]*[\p{L}\d])?/gu, "…")
    .toLowerCase();
  return plain.split(/\s+/).filter(Boolean).slice(0, SIGNATURE_WORDS).join(" ");
}

/** Returns the short id of a kind. */
export function kindOf(agent: string, reason: FaultReason, signature: string): string {
  return `f${createHash("sha256").update(`${agent}\0${reason}\0${signature}`).digest("hex").slice(0, 7)}`;
}

export function quoteOf(text: string): string {
  const trimmed = text.trim();
  // A character has at most two code units, so twice the limit is always enough to cut from.
  const chars = [...trimmed.slice(0, 2 * QUOTE_CHARS + 2)];
  return chars.length <= QUOTE_CHARS ? trimmed : `${chars.slice(0, QUOTE_CHARS - 1).join("")}…`;
}

/** Returns the kinds of `faults`, which are in the order of their time; those with most faults since `sinceMs` first. */
export function kindsOf(faults: readonly Fault[], sinceMs: number): FaultKind[] {
  const kinds = new Map<string, Fault[]>();
  for (const fault of faults) {
    const same = kinds.get(fault.kind);
    if (same) same.push(fault);
    else kinds.set(fault.kind, [fault]);
  }
  return [...kinds.values()]
    .map((all) => kind(all, sinceMs))
    .sort((a, b) => b.fresh - a.fresh || b.count - a.count || (a.id < b.id ? -1 : 1));
}

function kind(all: readonly Fault[], sinceMs: number): FaultKind {
  const [first, last] = [all[0] as Fault, all.at(-1) as Fault];
  return {
    id: first.kind,
    agent: first.agent,
    reason: first.reason,
    signature: first.signature,
    count: all.length,
    fresh: all.filter((fault) => fault.atMs >= sinceMs).length,
    first_at: iso(first.atMs),
    last_at: iso(last.atMs),
    quotes: newest(all).map(({ tree, task, seq, atMs, quote }) => ({ tree, task, seq, at: iso(atMs), text: quote })),
  };
}

/** Returns the newest faults, of different trees as far as there are enough. */
function newest(all: readonly Fault[]): Fault[] {
  const trees = new Set<string>();
  const apart: Fault[] = [];
  const rest: Fault[] = [];
  for (const fault of [...all].reverse()) {
    if (apart.length === MOST_QUOTES) break;
    (trees.has(fault.tree) ? rest : apart).push(fault);
    trees.add(fault.tree);
  }
  return [...apart, ...rest].slice(0, MOST_QUOTES);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

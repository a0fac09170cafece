/** The composer's hidden options as one or two sentences. Pure. */
import { duration, exactCount, money, plural } from "@/core/words/figures";
import { amountOf, type ComposerDraft, HERE, isNoCap, secondsOf } from "./draft";

/** Stands for the cap of a project that is not read yet. */
export const PROJECTS_CAP = "the project's cap";

interface Money {
  /** See `defaultUsdOf`. */
  defaultUsd: number | null | undefined;
  /** A runbook does it, which calls no model. */
  isFree: boolean;
}

export function summaryOf(draft: ComposerDraft, given: Money): string {
  return [`${grantText(draft, given)}.`, ...othersOf(draft).map((one) => `${one}.`)].join(" ");
}

function grantText(draft: ComposerDraft, { defaultUsd, isFree }: Money): string {
  const usd = amountOf(isNoCap(draft.usd) ? "" : draft.usd);
  const [tokens, tasks, depth] = [draft.tokens, draft.tasks, draft.depth].map(amountOf);
  const seconds = secondsOf(draft.time);
  if ([usd, tokens, tasks, depth, seconds].includes(undefined)) return "One of the caps cannot be read";
  const caps = [
    !draft.usd.trim() && (defaultUsd === undefined ? PROJECTS_CAP : defaultUsd !== null && money(defaultUsd)),
    usd && money(usd),
    seconds && duration(seconds * 1_000),
    tokens && `${exactCount(tokens)} tokens`,
    tasks && plural(tasks, "task"),
    depth && `${exactCount(depth)} deep`,
  ].filter(Boolean);
  if (caps.length > 0) return `Up to ${caps.join(", ")}`;
  return isFree ? "Costs nothing: it calls no model" : "No cap";
}

const RIGHTS: Record<string, string> = { read: "Read only", "read,write": "No network" };

function othersOf(draft: ComposerDraft): string[] {
  const { by, stepping, priority, pool, checksPool, rights, confined, fixedShares, criteria } = draft;
  const level = Number(priority);
  return [
    by === "goal" && (draft.scope.trim() || draft.mayChange.trim()) && "The scope is set",
    by === "goal" && (draft.hidden.trim() || /[1-9]/.test(draft.hiddenShare)) && "Tests are hidden",
    by !== "goal" && stepping === "manual" && "Waits before each turn",
    level > 0 && "High priority",
    level < 0 && "Low priority",
    pool && `On ${pool === HERE ? "this server" : `the pool ${pool}`}`,
    checksPool && `Checked on the pool ${checksPool}`,
    rights && (RIGHTS[rights] ?? `Permissions: ${rights.replaceAll(",", ", ")}`),
    confined && "Only the first agent's tools",
    fixedShares && "Fixed shares",
    by !== "goal" && criteria.trim() && "“Done when” is set",
  ].filter((one) => typeof one === "string" && one !== "") as string[];
}

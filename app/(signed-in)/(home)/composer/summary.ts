/** The composer's hidden options as one or two sentences. Pure. */
import { money } from "@/core/words/figures";
import { amountOf, type ComposerDraft, isNoCap, secondsOf } from "./draft";
import { goalSummary } from "./goal-draft";

/** `defaultUsd`: see `defaultUsdOf`. */
export function summaryOf(draft: ComposerDraft, defaultUsd: number | null): string {
  const rounds = draft.by === "goal" ? [`${goalSummary(draft)}.`] : [];
  return [`${grantText(draft, defaultUsd)}.`, ...rounds, ...othersOf(draft).map((one) => `${one}.`)].join(" ");
}

function grantText({ usd, time, tokens, tasks, depth }: ComposerDraft, defaultUsd: number | null): string {
  const amounts = [isNoCap(usd) ? "" : usd, tokens, tasks, depth].map(amountOf);
  if ([...amounts, secondsOf(time)].includes(undefined)) return "One of the caps cannot be read";
  const isDefault = !usd.trim() && !tokens.trim() && defaultUsd !== null;
  const caps = [
    isDefault && money(defaultUsd),
    usd.trim() && !isNoCap(usd) && `$${usd.replace(/[$\s]/g, "")}`,
    time.trim(),
    tokens.trim() && `${tokens.trim()} tokens`,
    tasks.trim() && `${tasks.trim()} tasks`,
    depth.trim() && `${depth.trim()} deep`,
  ].filter(Boolean);
  return caps.length > 0 ? `Up to ${caps.join(", ")}` : "No cap on money or time";
}

const RIGHTS: Record<string, string> = { read: "Read only", "read,write": "No network" };

function othersOf(draft: ComposerDraft): string[] {
  const { by, stepping, priority, rights, confined, fixedShares, criteria } = draft;
  const level = Number(priority);
  return [
    by === "goal" && (draft.scope.trim() || draft.mayChange.trim()) && "The scope is set",
    by === "goal" && (draft.hidden.trim() || /[1-9]/.test(draft.hiddenShare)) && "Tests are hidden",
    by !== "goal" && stepping === "manual" && "Waits before each turn",
    level > 0 && "High priority",
    level < 0 && "Low priority",
    rights && (RIGHTS[rights] ?? `Permissions: ${rights.replaceAll(",", ", ")}`),
    confined && "Only the first agent's tools",
    fixedShares && "Fixed shares",
    by !== "goal" && criteria.trim() && "“Done when” is set",
  ].filter((one) => typeof one === "string" && one !== "") as string[];
}

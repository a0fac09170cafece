/** Whether a model can be used: current, about to be retired, gone, or one of which nothing is known. */
import { ownCommand } from "@/lib/places";
import { isIn } from "./known/names";
import { goneSentence, nearestModel } from "./known/replacement";
import { type ModelLimits, rowOf } from "./known/table";
import { limitsFrom, type ModelSources, pricesFrom } from "./model-facts";

type StandingKind = "current" | "retires_soon" | "retired" | "missing" | "unknown";

export interface Standing {
  /** `missing`: its provider's list does not hold it. `unknown`: nobody says what its limits are. */
  kind: StandingKind;
  /** `YYYY-MM-DD`; null while no date is announced. */
  retiresAt: string | null;
  /** What to use instead; null when nothing is alike, or the model is current. */
  replacement: string | null;
  /** One sentence for the person who chose the model; null when there is nothing to say. */
  sentence: string | null;
}

export interface StandingSources extends ModelSources {
  /** The names in its provider's list; null while the provider has not answered. */
  listedNames: readonly string[] | null;
  /** Models of a person's own server cost nothing, and the server says itself when it lacks one. */
  isFree: boolean;
}

/** A retirement this close is said everywhere where the model is used. */
const SOON_MS = 30 * 24 * 3_600_000;

export const CURRENT: Standing = { kind: "current", retiresAt: null, replacement: null, sentence: null };

export function standingFrom(model: string, sources: StandingSources, nowMs: number): Standing {
  const { own, listed, row, listedNames } = sources;
  const retiresAt = listed?.retiresAt ?? row?.retiresAt ?? null;
  const isListed = listedNames !== null && isIn(listedNames, model);
  const instead = () => replacementFrom(model, listedNames, nowMs);
  // What a person entered counts more than a list: gateways do not list all that they route.
  if (listedNames && !isListed && !own) {
    const replacement = instead();
    return { kind: "missing", retiresAt, replacement, sentence: goneSentence(model, replacement) };
  }
  if (retiresAt !== null && retiresAt <= dayOf(nowMs) && !isListed && !own) {
    const replacement = instead();
    const next = replacement ? `Switch to ${replacement}.` : "Choose another model.";
    return { kind: "retired", retiresAt, replacement, sentence: `${model} was retired on ${retiresAt}. ${next}` };
  }
  if (retiresAt !== null && retiresAt > dayOf(nowMs) && retiresAt <= dayOf(nowMs + SOON_MS)) {
    const replacement = instead();
    const next = replacement ? `Switch to ${replacement} before then.` : "Choose another model before then.";
    return { kind: "retires_soon", retiresAt, replacement, sentence: `${model} retires on ${retiresAt}. ${next}` };
  }
  const { from, ...limits } = limitsFrom(sources);
  if (from !== null || sources.isFree) return { ...CURRENT, retiresAt };
  return {
    kind: "unknown",
    retiresAt,
    replacement: null,
    sentence: unknownSentence(model, limits, pricesFrom(sources) !== null),
  };
}

/**
 * Returns the model that replaces `model`: one that its provider lists, or without a list (null) one of the table; null
 * when nothing is alike.
 */
export function replacementFrom(model: string, listedNames: readonly string[] | null, nowMs: number): string | null {
  return nearestModel(
    model,
    listedNames?.filter((name) => !leavesSoon(name, nowMs)),
  );
}

function unknownSentence(model: string, { contextTokens, maxOutputTokens }: ModelLimits, isPriced: boolean): string {
  const what = isPriced ? "The limits" : "The limits and the price";
  const assumed = `${contextTokens.toLocaleString("en-US")} tokens of context and ${maxOutputTokens.toLocaleString("en-US")} of output`;
  return `${what} of ${model} are not known, so Banyan assumes ${assumed}. Set them with \`${ownCommand(`models set ${model}`)}\`.`;
}

/** Whether the table says that the model is retired, or will be soon. */
function leavesSoon(model: string, nowMs: number): boolean {
  const day = rowOf(model)?.retiresAt;
  return day != null && day <= dayOf(nowMs + SOON_MS);
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

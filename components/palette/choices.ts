/** What the palette offers, and which of it matches some words. Pure. */
import { defaultFilter } from "cmdk";
import type { IconName } from "@/components/ui/icon";
import type { ShownStatus } from "@/core/words/status";

/** A row of the palette. */
export interface Choice {
  /** Unique in the palette. */
  id: string;
  label: string;
  detail?: string;
  icon: IconName;
  /** Shown instead of the icon. */
  status?: ShownStatus;
  /** The key that does the same without the palette. */
  hint?: string;
  /** Further words that find it. */
  words?: string[];
  /** Where words are marked: in a text of a log. */
  isQuote?: boolean;
  go: { to: string } | { act: () => void };
}

export interface ChoiceGroup {
  title: string;
  choices: Choice[];
}

/** Below this, letters match only here and there. */
const LEAST_SCORE = 0.5;
const MOST = 5;

/** Returns the choices that match, best first; without words all of them. */
export function matchingChoices(choices: readonly Choice[], words: string): Choice[] {
  const text = words.trim();
  if (!text) return [...choices];
  return choices
    .map((choice) => ({ choice, score: defaultFilter(choice.label, text, choice.words) }))
    .filter(({ score }) => score >= LEAST_SCORE)
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST)
    .map(({ choice }) => choice);
}

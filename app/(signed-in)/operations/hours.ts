import type { HistoryHours } from "@/core/shapes/operations";

/** The time ranges of the charts. */
export const RANGES: readonly { hours: HistoryHours; word: string; sentence: string }[] = [
  { hours: 1, word: "Hour", sentence: "Last hour, one point per minute" },
  { hours: 24, word: "Day", sentence: "Last day, one point per 10 minutes" },
  { hours: 168, word: "Week", sentence: "Last week, one point per hour" },
];

/** Returns the range that the address names, by default one hour. */
export function hoursOf(text: string | undefined): HistoryHours {
  return RANGES.find(({ hours }) => String(hours) === text)?.hours ?? 1;
}

import type { HistoryHours } from "@/core/shapes/operations";

/** What the charts can show, as their links name it. */
export const RANGES: readonly { hours: HistoryHours; word: string; sentence: string }[] = [
  { hours: 1, word: "Hour", sentence: "last hour, a point each minute" },
  { hours: 24, word: "Day", sentence: "last day, a point for ten minutes" },
  { hours: 168, word: "Week", sentence: "last week, a point each hour" },
];

/** What stands in the address; anything else is the hour. */
export function hoursOf(text: string | undefined): HistoryHours {
  return RANGES.find(({ hours }) => String(hours) === text)?.hours ?? 1;
}

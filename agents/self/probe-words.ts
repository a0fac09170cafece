/** Says which parts of a damaged database were restored. */
import type { Union } from "@/db/file/union";

export function sentenceOfUnion({ restored, broughtBack, unread }: Union, kept: string): string {
  const rows = Object.entries(broughtBack).map(([table, count]) => `${count} of ${table}`);
  const parts = [
    restored.length > 0 && `Brought back: ${restored.join(", ")}.`,
    rows.length > 0 && `Rows that had been removed are there again: ${rows.join(", ")}.`,
    unread.length > 0 &&
      `Not everything could be read of ${unread.join(", ")}; there the copy from before the trial counts.`,
  ];
  return [
    "The database was put together again from before and after the trial.",
    ...parts,
    `The damaged file is ${kept}.`,
  ]
    .filter(Boolean)
    .join(" ");
}

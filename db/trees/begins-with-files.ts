import type { Entry } from "@/core/log/entries";

interface Beginning {
  inPlace: boolean;
  snapshot?: string;
  /** Of its root, after the first two. */
  events: readonly Entry[];
}

/**
 * Whether a tree's folder holds files when its first task begins: a person named the folder, it begins with a snapshot, or
 * with a copy of a repository, which a note of the root records.
 */
export function beginsWithFiles({ inPlace, snapshot, events }: Beginning): boolean {
  const isCopied = (entry: Entry) =>
    entry.kind === "event" && entry.content.type === "note" && entry.content.repository !== undefined;
  return inPlace || snapshot !== undefined || events.some(isCopied);
}

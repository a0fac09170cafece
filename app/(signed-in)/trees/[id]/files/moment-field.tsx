"use client";

import type { FolderSnapshot } from "@/core/shapes/files";
import type { Task } from "@/core/shapes/shapes";
import { plural } from "@/core/words/figures";

interface MomentFieldProps {
  /** Newest first. */
  snapshots: readonly FolderSnapshot[];
  tasks: ReadonlyMap<string, Task>;
  at: string | null;
  choose: (at: string | null) => void;
}

const LONGEST_TITLE = 40;

/** Chooses the moment whose files are shown: now, the start, or after a turn. */
export function MomentField({ snapshots, tasks, at, choose }: MomentFieldProps) {
  const isKnown = at === null || at === "start" || snapshots.some(({ seq }) => String(seq) === at);
  return (
    <label className="block w-full min-w-0">
      <span className="sr-only">Files of this moment</span>
      <select className="w-full" value={at ?? ""} onChange={(event) => choose(event.target.value || null)}>
        <option value="">Now</option>
        {isKnown ? null : <option value={at ?? ""}>Message {at}</option>}
        {snapshots.map((snapshot) => (
          <option key={snapshot.seq} value={snapshot.seq}>
            {momentText(snapshot, tasks)}
          </option>
        ))}
        <option value="start">Before the start</option>
      </select>
    </label>
  );
}

function momentText(
  { turn, task_id, changed, folder, seq }: FolderSnapshot,
  tasks: ReadonlyMap<string, Pick<Task, "title">>,
): string {
  const title = tasks.get(task_id)?.title ?? "a task";
  const named = title.length > LONGEST_TITLE ? `${title.slice(0, LONGEST_TITLE)}…` : title;
  const what = changed > 0 ? `${plural(changed, "file")} changed` : "kept";
  return `#${seq} · turn ${turn} of ${named}${folder === null ? "" : " (its own copy)"}: ${what}`;
}

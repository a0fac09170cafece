/** Merges a task's own folder before the task succeeds, and tells the parent what could not be merged. */
import type { Decision, EndDecision } from "./decision";
import type { FilesMerged } from "./log/entries";
import type { TaskState } from "./state";

/** Most paths named to the parent; a longer list only counts the rest. */
const NAMED_PATHS = 20;

/** Returns the merge as the next step, then the successful end. The task succeeds even when the merge fails, because its parent decides about the files. */
export function afterMerge(state: TaskState, end: EndDecision): Decision {
  if (state.assignment.workspace !== "own") return end;
  if (!state.merged) return { kind: "merge_files" };
  const unmerged = unmergedOf(state.merged);
  const told = [unmerged, skippedOf(state.merged)].filter(Boolean);
  if (told.length === 0) return end;
  return {
    ...end,
    ...(unmerged !== null && { unmerged }),
    summary: [end.summary ?? end.result, ...told].filter(Boolean).join("\n\n"),
  };
}

function skippedOf({ skipped = 0 }: FilesMerged): string | null {
  if (skipped === 0) return null;
  const what = skipped === 1 ? "One path" : `${skipped} paths`;
  const verb = skipped === 1 ? "was" : "were";
  return `${what} of this subtask's own folder ${verb} not copied into yours (not plain files, or too large).`;
}

/** Returns the text for the parent, or null when everything was merged. */
function unmergedOf({ changed, git = false, conflicts, copies, problem }: FilesMerged): string | null {
  if (conflicts.length === 0 && problem === undefined) return null;
  const because = problem === undefined ? "" : ` (${problem})`;
  if (conflicts.length === 0) return `This subtask's changes in its own folder were NOT merged into yours${because}.`;
  const paths = conflicts.slice(0, NAMED_PATHS).map((path) => JSON.stringify(path));
  if (conflicts.length > NAMED_PATHS) paths.push(`and ${conflicts.length - NAMED_PATHS} more`);
  const why = problem === undefined ? "both folders changed the same paths" : "these paths prevent it";
  const remedy =
    copies === null
      ? "Its versions could not be copied next to yours."
      : `Its versions of ${changed === 0 ? "its git repository" : `all ${changed} paths that it changed${git ? " and of its git repository" : ""}`} are in your folder under ${JSON.stringify(copies)} (it deleted the paths that are missing there): take over what is right, then delete that folder.`;
  return `This subtask's changes in its own folder were NOT merged into yours, because ${why}${because}: ${paths.join(", ")}. ${remedy}`;
}

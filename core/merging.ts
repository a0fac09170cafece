/** A task with a folder of its own: before it ends with success, what it changed there is merged, and its parent reads what was not. */
import type { Decision, EndDecision } from "./decide";
import type { FilesMerged } from "./log/entries";
import type { TaskState } from "./state";

/** Paths that are named to the parent; a longer list says how many more there are. */
const NAMED_PATHS = 20;

/** An end with success, once the files are merged. The task has succeeded also when they could not be: its parent decides about them. */
export function afterMerge(state: TaskState, end: EndDecision): Decision {
  if (state.assignment.workspace !== "own") return end;
  if (!state.merged) return { kind: "merge_files" };
  const told = [unmergedOf(state.merged), skippedOf(state.merged)].filter(Boolean);
  if (told.length === 0) return end;
  return { ...end, summary: [end.summary ?? end.result, ...told].filter(Boolean).join("\n\n") };
}

function skippedOf({ skipped = 0 }: FilesMerged): string | null {
  if (skipped === 0) return null;
  const what = skipped === 1 ? "One path" : `${skipped} paths`;
  return `${what} of this subtask's own folder cannot be copied (no plain files, or too large): they are not in yours.`;
}

/** What the parent reads; null: everything was merged. */
function unmergedOf({ changed, conflicts, copies, problem }: FilesMerged): string | null {
  if (conflicts.length === 0 && problem === undefined) return null;
  const because = problem === undefined ? "" : ` (${problem})`;
  if (conflicts.length === 0) return `What this subtask changed in its own folder was NOT merged into yours${because}.`;
  const paths = conflicts.slice(0, NAMED_PATHS).map((path) => JSON.stringify(path));
  if (conflicts.length > NAMED_PATHS) paths.push(`and ${conflicts.length - NAMED_PATHS} more`);
  const why = problem === undefined ? "both folders changed the same paths" : "these paths stand against it";
  const lie =
    copies === null
      ? "Its versions could not be put beside yours."
      : `Its versions of all ${changed} paths that it changed lie in your folder under ${JSON.stringify(copies)} (what is not there it has deleted): take over what is right, then delete that folder.`;
  return `What this subtask changed in its own folder was NOT merged into yours, because ${why}${because}: ${paths.join(", ")}. ${lie}`;
}

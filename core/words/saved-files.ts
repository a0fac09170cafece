/** The sentences about files that were saved in a snapshot, or merged into another folder. Pure. */
import type { FilesMerged, TaskEvent } from "@/core/log/entries";
import { plural } from "./figures";
import { sentence } from "./sentence";

export function savedLine({ changed, skipped, problem }: Extract<TaskEvent, { type: "files_saved" }>) {
  if (problem)
    return {
      title: "Files not saved",
      text: `${sentence(problem.charAt(0).toUpperCase() + problem.slice(1))} The task continues.`,
    };
  const left = skipped > 0 ? `; ${plural(skipped, "file")} left out` : "";
  const what = changed === 0 ? "Nothing changed" : `${plural(changed, "file")} changed`;
  return {
    title: "Files saved",
    text: `${what} since the last snapshot${left}. A fork from here starts with these files.`,
  };
}

export function mergedLine(event: FilesMerged) {
  const { changed, conflicts, copies, problem, skipped = 0, obeyed = [] } = event;
  const what = changed > 0 ? plural(changed, "change") : hasChangedGit(event) ? "Its git repository" : null;
  const because = problem ? ` ${sentence(problem.charAt(0).toUpperCase() + problem.slice(1))}` : "";
  if (conflicts.length === 0 && !problem) {
    const left = skipped > 0 ? ` ${plural(skipped, "file")} could not be copied.` : "";
    const from = changed > 0 ? " from its own folder" : "";
    const text = what === null ? "It changed nothing." : `${what}${from} merged into its parent's folder.`;
    if (obeyed.length === 0) return { title: "Files merged", text: `${text}${left}` };
    const kept = " What git obeys in the repository of a person stayed as it was:";
    return { title: "Files merged", text: `${text}${left}${kept}`, body: listed(obeyed) };
  }
  const where = copies ? ` Its versions are in ${copies}.` : "";
  return {
    title: "Files not merged",
    text: `${what ?? "Its changes"} stayed in its own folder.${because}${where}`,
    ...(conflicts.length > 0 && { body: listed(conflicts) }),
    look: "bad" as const,
  };
}

/** Logs from before this was recorded: without files, and with none left out, only git's own can have been merged. */
function hasChangedGit({ git, commit, theirs, conflicts, skipped = 0 }: FilesMerged): boolean {
  if (git !== undefined) return git;
  return conflicts.length > 0 ? theirs !== null : commit !== null && skipped === 0;
}

function listed(paths: readonly string[]): string {
  return paths.map((path) => `- ${path}`).join("\n");
}

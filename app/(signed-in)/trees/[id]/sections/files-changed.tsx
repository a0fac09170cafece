"use client";

import { PatchDiff } from "@/components/diff/patch-diff";
import { Hint } from "@/components/ui/hint";
import { Badge, Say } from "@/components/ui/parts";
import type { ChangedFile, TaskFiles } from "@/core/shapes/files";
import { plural } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";
import { Lines } from "../files/lines";
import type { Loaded } from "../files/use-loaded";
import { Section } from "./section";

const MOST_NAMED = 50;

/** The files that the task and its subtasks changed, with the diff. Hidden while there are none. */
export function FilesChanged({ files: { body: found, problem } }: { files: Loaded<TaskFiles> }) {
  if (problem)
    return (
      <Section name="files" title="Files changed" summary="cannot be shown">
        <Hint isBad>{problem}</Hint>
      </Section>
    );
  if (!found || found.files.length === 0) return null;
  const { files, patch, truncated, shared } = found;
  const shownInPatch = files.filter((file) => file.additions !== null).length;
  return (
    <Section
      name="files"
      title="Files changed"
      always={
        <>
          <RunByOthersMark files={files} /> <Lines files={files} />
        </>
      }
      summary={`${plural(files.length, "file")}${files.length === 1 ? `: ${withoutDisguise(files[0]?.path ?? "")}` : ""}`}
    >
      {shared ? (
        <Hint>Other tasks wrote to the same folder at the same time, so their changes are listed too.</Hint>
      ) : null}
      {truncated ? (
        <Say>
          The diff is longer than 512 KB, so only its beginning is shown: {shownInPatch} of {files.length} files.
        </Say>
      ) : null}
      <RunByOthers files={files} />
      <Unshown files={files} />
      {patch ? <PatchDiff patch={patch} isCut={truncated} /> : null}
    </Section>
  );
}

/** A badge that is also visible while the section is folded. */
function RunByOthersMark({ files }: { files: ChangedFile[] }) {
  const count = files.filter((file) => file.run_by !== null).length;
  return count > 0 ? <Badge look="you">{count} run by other programs</Badge> : null;
}

/** Warns of files that run without notice when a person opens or enters the folder. */
export function RunByOthers({ files }: { files: ChangedFile[] }) {
  const run = files.filter((file) => file.run_by !== null);
  if (run.length === 0) return null;
  return (
    <Say look="you">
      Other programs run {run.length === 1 ? "this file" : "these files"} automatically. Read{" "}
      {run.length === 1 ? "it" : "them"} before you open or enter the folder.
      <ul>
        {run.slice(0, MOST_NAMED).map(({ path, run_by }) => (
          <li key={path} className="wrap-anywhere">
            <span className="font-mono text-mono">{withoutDisguise(path)}</span>: {run_by}
          </li>
        ))}
        {run.length > MOST_NAMED ? <li>and {run.length - MOST_NAMED} more</li> : null}
      </ul>
    </Say>
  );
}

/** Lists files without lines to show: binary files, empty folders, and files past the end of a shortened diff. */
function Unshown({ files }: { files: ChangedFile[] }) {
  const unshown = files.filter((file) => file.additions === null);
  if (unshown.length === 0) return null;
  return (
    <ul className="mb-2 text-small text-ink-2">
      {unshown.slice(0, 100).map(({ path, change }) => (
        <li key={path} className="flex min-w-0 items-center gap-2">
          <span className="font-mono text-mono min-w-0 truncate">{withoutDisguise(path)}</span>{" "}
          <span className="whitespace-nowrap">{change}, no diff</span>
        </li>
      ))}
      {unshown.length > 100 ? <li>and {unshown.length - 100} more</li> : null}
    </ul>
  );
}

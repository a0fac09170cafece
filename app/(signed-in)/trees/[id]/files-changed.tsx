"use client";

import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import type { Task } from "@/agents/core/shapes";
import type { ChangedFile, TaskFiles } from "@/agents/core/shapes-files";
import { fetchJson } from "@/components/feed/fetch-json";
import { plural } from "@/components/ui/format";
import { Say } from "@/components/ui/parts";
import { Section } from "./section";

const PatchDiff = dynamic(() => import("@/components/diff/patch-diff").then((file) => file.PatchDiff), {
  loading: () => (
    <div className="skel late" role="status" aria-label="The diff is being read">
      <i />
      <i className="w-4/5" />
    </div>
  ),
});

/** Whoever only passes by, from row to row, asks for nothing. */
const REST_MS = 300;

/** Which files the task and its subtasks changed, and how; not there while they changed none. */
export function FilesChanged({ task }: { task: Task }) {
  const { files: found, problem } = useFiles(task);
  if (problem)
    return (
      <Section name="files" title="Files changed" summary="cannot be shown">
        <p className="hint bad">{problem}</p>
      </Section>
    );
  if (!found || found.files.length === 0) return null;
  const { files, patch, truncated, shared } = found;
  const shownInPatch = files.filter((file) => file.additions !== null).length;
  return (
    <Section
      name="files"
      title="Files changed"
      always={<Lines files={files} />}
      summary={`${plural(files.length, "file")}${files.length === 1 ? `: ${files[0]?.path}` : ""}`}
    >
      {shared ? (
        <p className="hint">Other tasks wrote into the same folder meanwhile: what they changed stands here, too.</p>
      ) : null}
      {truncated ? (
        <Say>
          The diff is longer than 512 KB, so only its beginning is shown: {shownInPatch} of {files.length} files.
        </Say>
      ) : null}
      <Unshown files={files} />
      {patch ? <PatchDiff patch={patch} /> : null}
    </Section>
  );
}

/** What has no lines to show: binary files, empty folders, and what lies beyond the end of the patch. */
function Unshown({ files }: { files: ChangedFile[] }) {
  const unshown = files.filter((file) => file.additions === null);
  if (unshown.length === 0) return null;
  return (
    <ul className="small dim mb-2">
      {unshown.slice(0, 100).map(({ path, change }) => (
        <li key={path} className="flex">
          <span className="mono cut">{path}</span> <span className="nowrap">{change}, no text</span>
        </li>
      ))}
      {unshown.length > 100 ? <li>and {unshown.length - 100} more</li> : null}
    </ul>
  );
}

function Lines({ files }: { files: ChangedFile[] }) {
  const sum = (unit: "additions" | "deletions") => files.reduce((all, file) => all + (file[unit] ?? 0), 0);
  return (
    <span className="nowrap small">
      <span className="plus">+{sum("additions")}</span> <span className="minus">−{sum("deletions")}</span>
    </span>
  );
}

/** Read when the task is opened, and when it has moved. */
function useFiles({ id, status, turns, attempt }: Task): { files: TaskFiles | null; problem: string | null } {
  const [files, setFiles] = useState<TaskFiles | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const moved = [status, turns, attempt].join(" ");
  useEffect(() => {
    if (!moved) return;
    const ended = new AbortController();
    const read = () =>
      fetchJson<TaskFiles>(`tasks/${id}/files`, ended.signal).then(
        (found) => {
          setFiles(found);
          setProblem(null);
        },
        (error: Error) => ended.signal.aborted || setProblem(error.message),
      );
    const timer = setTimeout(() => void read(), REST_MS);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [id, moved]);
  return { files, problem };
}

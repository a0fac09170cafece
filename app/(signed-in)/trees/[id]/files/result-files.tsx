"use client";

import { useState } from "react";
import { CopyButton } from "@/components/text/copy-button";
import { buttonLook } from "@/components/ui/button-look";
import { Hint } from "@/components/ui/hint";
import { Icon } from "@/components/ui/icon";
import type { ChangedFile, TaskFiles } from "@/core/shapes/files";
import type { Task } from "@/core/shapes/shapes";
import { exactCount } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";
import { ApplyButton } from "./apply-button";
import { ChangeMark } from "./change-mark";
import { bytesAddress, viewAddress, zipAddress } from "./file-address";
import { useFilesHere } from "./open-file";
import { useLoaded } from "./use-loaded";

const SHOWN = 8;

/** A part of a task's work: what it changed after a message. */
export interface ResultPart {
  afterSeq: number;
  /** The whole work changed files, so there is something to download and to apply. */
  hasFiles: boolean;
}

interface ResultFilesProps {
  task: Pick<Task, "id" | "tree_id" | "parent_id" | "status" | "turns" | "attempt">;
  /** Lists only the files of this part. The buttons are about all files of the task. */
  part?: ResultPart | undefined;
}

/** The files that a task changed, to open, download or apply. Hidden while there are none. */
export function ResultFiles({ task, part }: ResultFilesProps) {
  const { canRun } = useFilesHere();
  const revision = [task.status, task.turns, task.attempt].join(" ");
  const { body, problem } = useLoaded<TaskFiles>(
    `tasks/${task.id}/files${part ? `?after=${part.afterSeq}` : ""}`,
    revision,
  );
  const [isWhole, setWhole] = useState(false);
  if (problem) return <Hint isBad>{problem}</Hint>;
  if (!body || (body.files.length === 0 && !part?.hasFiles)) return null;
  const files = isWhole ? body.files : body.files.slice(0, SHOWN);
  const isRoot = task.parent_id === null;
  const at = isRoot || body.at === null ? null : String(body.at);
  return (
    <section aria-label="Files of the result" className="mt-2">
      {files.length > 0 ? <h4 className="font-medium">Files</h4> : null}
      <ul className="mt-1">
        {files.map((file) => (
          <ResultFile key={file.path} treeId={task.tree_id} file={file} at={at} />
        ))}
      </ul>
      {body.files.length > SHOWN ? (
        <button type="button" className="link" onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show fewer" : `Show all ${exactCount(body.files.length)} files`}
        </button>
      ) : null}
      <div className="mt-2 flex flex-wrap gap-2">
        {canRun ? (
          <ApplyButton treeId={task.tree_id} taskId={isRoot ? undefined : task.id} look={part ? "primary" : "plain"} />
        ) : null}
        <a
          className={buttonLook()}
          href={zipAddress(task.tree_id, { task: task.id })}
          data-command="Download all files of the result (zip)"
          download
        >
          <Icon name="download" />
          Download zip
        </a>
      </div>
    </section>
  );
}

function ResultFile({ treeId, file, at }: { treeId: string; file: ChangedFile; at: string | null }) {
  const { openFile } = useFilesHere();
  const { path, change } = file;
  return (
    <li className="flex min-h-7 min-w-0 items-center gap-x-2 phone:flex-wrap">
      <Icon name="doc" className="size-3.5 flex-none text-ink-3" />
      <a
        className="link min-w-0 flex-auto truncate phone:basis-3/5"
        href={viewAddress(treeId, path, at)}
        title={withoutDisguise(path)}
        data-command={`Open ${withoutDisguise(path)}`}
        onClick={(event) => {
          if (!openFile || event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          openFile(path, at);
        }}
      >
        {withoutDisguise(path)}
      </a>
      <ChangeMark change={change} />
      <CopyButton text={path} look="quiet">
        Copy path
      </CopyButton>
      {change === "deleted" ? null : (
        <a
          className={buttonLook("quiet", "w-control px-0!")}
          href={bytesAddress(treeId, path, at)}
          aria-label={`Download ${path}`}
          title="Download"
          download
        >
          <Icon name="download" />
        </a>
      )}
    </li>
  );
}

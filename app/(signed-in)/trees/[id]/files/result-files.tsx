"use client";

import { useState } from "react";
import { CopyButton } from "@/components/text/copy-button";
import { buttonLook } from "@/components/ui/button-look";
import { Hint } from "@/components/ui/hint";
import { Icon } from "@/components/ui/icon";
import { lazily } from "@/components/ui/page/lazily";
import { isEnded } from "@/core/log/terms";
import type { ChangedFile, TaskFiles } from "@/core/shapes/files";
import type { Task } from "@/core/shapes/shapes";
import { exactCount } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";
import { ChangeMark, LineCounts } from "./change-mark";
import { bytesAddress, viewAddress } from "./file-address";
import { useFilesHere } from "./open-file";
import type { ResultPreview as Preview } from "./result-preview";
import { type Loaded, useLoaded } from "./use-loaded";

const SHOWN = 8;

const ResultPreview = lazily<Parameters<typeof Preview>[0]>(() =>
  import("./result-preview").then((file) => file.ResultPreview),
);

/** A part of a task's work: what it changed after a message. */
export interface ResultPart {
  /** null: its first message, so that the part is the whole. */
  afterSeq: number | null;
}

type OfTask = Pick<Task, "id" | "tree_id" | "parent_id" | "status" | "turns" | "attempt">;

/** Returns `all` files that the task changed, or reads those of a part of its work once that is over. */
export function useResultFiles(task: OfTask, all: Loaded<TaskFiles>, part?: ResultPart): Loaded<TaskFiles> {
  const after = part?.afterSeq ?? null;
  const revision = [task.status, task.turns, task.attempt].join(" ");
  const own = useLoaded(
    after !== null && isEnded(task.status) ? `tasks/${task.id}/files?after=${after}` : null,
    revision,
  );
  return after === null ? all : own;
}

interface ResultFilesProps {
  task: OfTask;
  files: Loaded<TaskFiles>;
  /** Shows a file of the list beside it, where there is room. */
  hasPreview?: boolean;
}

/** The files that a task changed, to open or download. Hidden while there are none. */
export function ResultFiles({ task, files: { body, problem }, hasPreview = false }: ResultFilesProps) {
  const [isWhole, setWhole] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  if (problem) return <Hint isBad>{problem}</Hint>;
  if (!body || body.files.length === 0) return null;
  const files = isWhole ? body.files : body.files.slice(0, SHOWN);
  const at = task.parent_id === null || body.at === null ? null : String(body.at);
  const more =
    body.files.length > SHOWN ? (
      <button type="button" className="link" onClick={() => setWhole(!isWhole)}>
        {isWhole ? "Show fewer" : `Show all ${exactCount(body.files.length)} files`}
      </button>
    ) : null;
  if (!hasPreview)
    return (
      <section aria-label="Files of the result" className="mt-2">
        <h4 className="font-medium">Files</h4>
        <ul className="mt-1">
          {files.map((file) => (
            <ResultFile key={file.path} treeId={task.tree_id} file={file} at={at} />
          ))}
        </ul>
        {more}
      </section>
    );
  const previewed = files.find(({ path }) => path === shown) ?? files[0];
  return (
    <section
      aria-label="Files of the result"
      className="-mx-4 mt-3 grid grid-cols-[minmax(0,14rem)_minmax(0,1fr)] border-t border-line @max-[560px]:grid-cols-[minmax(0,1fr)]"
    >
      <ul className="p-2">
        {files.map((file) => (
          <PreviewedFile
            key={file.path}
            treeId={task.tree_id}
            file={file}
            at={at}
            isShown={file === previewed}
            show={() => setShown(file.path)}
          />
        ))}
        {more ? <li className="px-2 py-1">{more}</li> : null}
      </ul>
      {previewed ? (
        <div className="min-h-64 min-w-0 border-l border-line @max-[560px]:hidden" data-preview>
          <ResultPreview
            key={previewed.path}
            treeId={task.tree_id}
            file={previewed}
            at={at}
            difference={body}
            revision={`${task.turns} ${task.attempt}`}
          />
        </div>
      ) : null}
    </section>
  );
}

interface RowProps {
  treeId: string;
  file: ChangedFile;
  at: string | null;
}

/** Shows its file beside the list. Where that has no room, and with a second press, it opens the file. */
function PreviewedFile({ treeId, file, at, isShown, show }: RowProps & { isShown: boolean; show: () => void }) {
  const { openFile } = useFilesHere();
  const { path, change } = file;
  return (
    <li className="relative flex min-h-7 min-w-0 items-center gap-2 rounded-control px-2 hover:bg-hover has-aria-current:bg-selected phone:min-h-11">
      <Icon name="doc" className="size-3.5 flex-none text-ink-3" />
      <a
        className="min-w-0 flex-auto truncate after:absolute after:inset-0"
        href={viewAddress(treeId, path, at)}
        title={withoutDisguise(path)}
        aria-current={isShown || undefined}
        data-command={`Open ${withoutDisguise(path)}`}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          const preview = event.currentTarget.closest("section")?.querySelector("[data-preview]");
          if (!isShown && preview?.checkVisibility()) show();
          else if (openFile) openFile(path, at);
          else return;
          event.preventDefault();
        }}
      >
        {withoutDisguise(path)}
      </a>
      {file.additions === null || file.deletions === null ? <ChangeMark change={change} /> : <LineCounts {...file} />}
    </li>
  );
}

function ResultFile({ treeId, file, at }: RowProps) {
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
          aria-label={`Download ${withoutDisguise(path)}`}
          title="Download"
          download
        >
          <Icon name="download" />
        </a>
      )}
    </li>
  );
}

"use client";

import { useState } from "react";
import { CopyButton } from "@/components/text/copy-button";
import { buttonLook } from "@/components/ui/button-look";
import { Icon } from "@/components/ui/icon";
import { Skeleton } from "@/components/ui/page/skeleton";
import { Say, Separator } from "@/components/ui/parts";
import { ScrollArea } from "@/components/ui/scroll-area";
import { Segments } from "@/components/ui/segments";
import type { FilePreview as Preview } from "@/core/shapes/files";
import type { Task } from "@/core/shapes/shapes";
import { bytes } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";
import { ChangeMark } from "./change-mark";
import { bytesAddress } from "./file-address";
import { PreviewBody, type PreviewPart, partsOf } from "./preview-body";
import { useLoaded } from "./use-loaded";

interface FilePreviewProps {
  treeId: string;
  /** The tree's folder on the server. */
  workspace: string;
  path: string;
  at: string | null;
  revision: string;
  tasks: ReadonlyMap<string, Task>;
  /** Opens a task in the pane. */
  select: (taskId: string) => void;
  close: () => void;
}

const WORDS: Record<PreviewPart, string> = { preview: "Preview", source: "Source", changes: "Changes" };

/** A file: what it is, who changed it, its content, and ways to take it along. */
export function FilePreview({ treeId, workspace, path, at, revision, tasks, select, close }: FilePreviewProps) {
  const query = new URLSearchParams({ file: path, ...(at && { at }) });
  const { body: file, problem } = useLoaded(`trees/${treeId}/preview?${query}`, revision);
  const [wanted, setWanted] = useState<PreviewPart>("preview");
  const parts = file ? partsOf(file) : [];
  const part = parts.find((one) => one === wanted) ?? parts[0] ?? "preview";
  return (
    <section className="flex min-h-0 min-w-0 flex-1 flex-col" aria-label="File">
      <header className="flex min-w-0 flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <div className="hidden @max-[640px]:block">
          <button type="button" className={buttonLook("quiet", "px-0!")} onClick={close}>
            <Icon name="left" />
            Files
          </button>
        </div>
        <div className="min-w-0 flex-[1_1_200px]">
          <h2 className="font-mono text-mono wrap-anywhere">{withoutDisguise(path)}</h2>
          {file ? <Facts file={file} tasks={tasks} select={select} /> : null}
        </div>
        {parts.length > 1 ? (
          <Segments>
            <legend className="sr-only">Show</legend>
            {parts.map((one) => (
              <button key={one} type="button" aria-pressed={one === part} onClick={() => setWanted(one)}>
                {WORDS[one]}
              </button>
            ))}
          </Segments>
        ) : null}
        <CopyButton text={at === null ? `${workspace}/${path}` : path}>Copy path</CopyButton>
        {file && file.type !== "deleted" && file.type !== "link" ? (
          <a className={buttonLook()} href={bytesAddress(treeId, path, at)} download>
            <Icon name="download" />
            Download
          </a>
        ) : null}
      </header>
      <ScrollArea className="p-4">
        {problem ? (
          <Say look="bad" role="alert">
            {problem}
          </Say>
        ) : file ? (
          <PreviewBody treeId={treeId} at={at} file={file} part={part} />
        ) : (
          <Skeleton role="status" aria-label="Loading the file">
            <i />
            <i className="w-4/5" />
            <i className="w-3/5" />
          </Skeleton>
        )}
      </ScrollArea>
    </section>
  );
}

function Facts({ file, tasks, select }: { file: Preview } & Pick<FilePreviewProps, "tasks" | "select">) {
  return (
    <p className="text-small text-ink-2">
      {file.type === "deleted" ? null : bytes(file.bytes)}
      {file.changed ? (
        <>
          {file.type === "deleted" ? null : <Separator />}
          <ChangeMark change={file.changed} /> since the start
        </>
      ) : null}
      {file.changed_by.length > 0 ? " by " : null}
      {file.changed_by.map((id, index) => (
        <span key={id}>
          {index > 0 ? ", " : ""}
          <button type="button" className="link" onClick={() => select(id)}>
            {tasks.get(id)?.title ?? "a task"}
          </button>
        </span>
      ))}
    </p>
  );
}

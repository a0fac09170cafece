"use client";

import { PatchDiff } from "@/components/diff/patch-diff";
import { Hint } from "@/components/ui/hint";
import { Skeleton } from "@/components/ui/page/skeleton";
import { Say } from "@/components/ui/parts";
import type { ChangedFile, TaskFiles } from "@/core/shapes/files";
import { viewAddress } from "./file-address";
import { useFilesHere } from "./open-file";
import { PreviewBody, type PreviewPart } from "./preview-body";
import { useLoaded } from "./use-loaded";

interface ResultPreviewProps {
  treeId: string;
  file: ChangedFile;
  at: string | null;
  /** The difference of all files of the result. */
  difference: Pick<TaskFiles, "patch" | "truncated">;
  revision: string;
}

/** The beginning of a result's file: of a new one what it holds, of others what is different. */
export function ResultPreview({ treeId, file, at, difference, revision }: ResultPreviewProps) {
  const { openFile } = useFilesHere();
  const { path, change } = file;
  return (
    <figure className="flex h-full min-w-0 flex-col">
      <div className="h-0 flex-auto overflow-auto scrollbar-thin p-2 text-small" data-preview-of={path}>
        {change === "added" ? (
          <Content treeId={treeId} path={path} at={at} revision={revision} part="preview" />
        ) : difference.truncated ? (
          <>
            <Say>
              The diff of all files is longer than 512 KB, so this is what the tree changed in the file since its start.
            </Say>
            <Content treeId={treeId} path={path} at={at} revision={revision} part="changes" />
          </>
        ) : (
          <PatchDiff patch={difference.patch} only={(one) => one === path} of={path} />
        )}
      </div>
      <figcaption className="flex items-center gap-2 border-t border-line px-3 py-1 text-small text-ink-3">
        Preview
        <a
          className="link ml-auto"
          href={viewAddress(treeId, path, at)}
          onClick={(event) => {
            if (!openFile || event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            openFile(path, at);
          }}
        >
          Open the whole file
        </a>
      </figcaption>
    </figure>
  );
}

function Content({
  treeId,
  path,
  at,
  revision,
  part,
}: Pick<ResultPreviewProps, "treeId" | "at" | "revision"> & { path: string; part: PreviewPart }) {
  const query = new URLSearchParams({ file: path, ...(at && { at }) });
  const { body, problem } = useLoaded(`trees/${treeId}/preview?${query}`, revision);
  if (problem) return <Hint isBad>{problem}</Hint>;
  if (body) return <PreviewBody treeId={treeId} at={at} file={body} part={part} />;
  return (
    <Skeleton role="status" aria-label="Loading the file">
      <i />
      <i className="w-4/5" />
    </Skeleton>
  );
}

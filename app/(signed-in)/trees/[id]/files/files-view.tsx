"use client";

import { memo, useDeferredValue, useState } from "react";
import { Hint } from "@/components/ui/hint";
import { Button } from "@/components/ui/parts";
import { ScrollArea } from "@/components/ui/scroll-area";
import { Segments } from "@/components/ui/segments";
import type { Task } from "@/core/shapes/shapes";
import { exactCount, plural } from "@/core/words/figures";
import type { TreeViewContent } from "../view/view-content";
import { ApplyButton } from "./apply-button";
import { ChangedList } from "./changed-list";
import { DownloadMenu } from "./download-menu";
import { FileList } from "./file-list";
import { FilePreview } from "./file-preview";
import { MomentField } from "./moment-field";
import { useFolders } from "./use-folders";
import { useLoaded } from "./use-loaded";

/** The files of the tree at a moment: the list beside the open file. Without room for both, one of them at a time. */
export const FilesView = memo(function FilesView(content: TreeViewContent) {
  const { treeId, tasks, workspace, files, openFile, select, canRun } = content;
  const { path, at } = files;
  const newest = useDeferredValue(revisionOf(tasks));
  const revision = at === null ? newest : "";
  const query = at === null ? "" : (`?at=${encodeURIComponent(at)}` as const);
  const { body: snapshots } = useLoaded(`trees/${treeId}/snapshots`, newest);
  const changes = useLoaded(`trees/${treeId}/changes${query}`, revision);
  const folders = useFolders(treeId, at, path, revision);
  const [isAll, setAll] = useState(true);
  const changed = changes.body?.items.length ?? 0;
  const open = (file: string) => openFile(file, at);
  return (
    <div className="@container flex min-h-0 min-w-0 flex-1">
      <div
        className={`flex min-h-0 w-88 flex-none flex-col border-r border-line @max-[640px]:w-full @max-[640px]:border-r-0 ${path === null ? "" : "@max-[640px]:hidden"}`}
      >
        <div className="flex flex-wrap gap-2 border-b border-line px-4 py-2">
          <MomentField
            snapshots={snapshots?.items ?? []}
            tasks={tasks}
            at={at}
            choose={(moment) => openFile(path, moment)}
          />
          <Segments className="w-full" isWide>
            <legend className="sr-only">Show</legend>
            <button type="button" aria-pressed={isAll} onClick={() => setAll(true)}>
              All files
            </button>
            <button type="button" aria-pressed={!isAll} onClick={() => setAll(false)}>
              Changed {exactCount(changed)}
            </button>
          </Segments>
        </div>
        {changes.problem ? (
          <Hint className="px-4" isBad>
            {changes.problem}
          </Hint>
        ) : null}
        <ScrollArea>
          {isAll ? (
            <FileList folders={folders} selected={path} open={open} />
          ) : changes.body ? (
            <ChangedList changes={changes.body} tasks={tasks} selected={path} open={open} />
          ) : null}
        </ScrollArea>
        <div className="flex flex-wrap gap-2 border-t border-line px-4 py-2">
          <DownloadMenu treeId={treeId} at={at} hasChanges={changed > 0} />
          {canRun && changed > 0 ? <ApplyButton treeId={treeId} /> : null}
        </div>
      </div>
      {path === null ? (
        <NoFileOpen changed={isAll ? changed : 0} showChanged={() => setAll(false)} />
      ) : (
        <FilePreview
          key={`${at} ${path}`}
          treeId={treeId}
          workspace={workspace}
          path={path}
          at={at}
          revision={revision}
          tasks={tasks}
          select={select}
          close={() => openFile(null, at)}
        />
      )}
    </div>
  );
});

/** Beside the list while no file is open. `changed`: the number of files that the list could show instead. */
function NoFileOpen({ changed, showChanged }: { changed: number; showChanged: () => void }) {
  return (
    <div className="flex-1 p-4 text-ink-2 @max-[640px]:hidden">
      <p>Choose a file to read it here.</p>
      {changed > 0 ? (
        <Button className="mt-2" onClick={showChanged}>
          Show {plural(changed, "changed file")}
        </Button>
      ) : null}
    </div>
  );
}

/** Returns a text that changes when a task has taken a turn, because the files may have changed then. */
function revisionOf(tasks: ReadonlyMap<string, Task>): string {
  let turns = 0;
  let ended = 0;
  for (const task of tasks.values()) {
    turns += task.turns;
    if (task.ended_at !== null) ended += 1;
  }
  return `${tasks.size} ${turns} ${ended}`;
}

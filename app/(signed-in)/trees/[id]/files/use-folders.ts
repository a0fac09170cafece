"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { TreeFile } from "@/core/shapes/files";
import type { Page } from "@/core/shapes/shapes";

/** A folder that was opened: its entries so far, and the cursor of the next page. */
export interface Folder {
  items: TreeFile[];
  next: string | null;
  problem: string | null;
}

/** A line of the list: an entry, the rest of a long folder, or why a folder could not be read. */
export type FolderRow = { key: string; level: number } & (
  | { kind: "entry"; file: TreeFile; isOpen: boolean }
  | { kind: "more"; folder: string }
  | { kind: "problem"; sentence: string }
  | { kind: "empty" }
);

/**
 * Returns the rows of the open folders. A folder is read when it is opened, and again when `revision` changes.
 * `path`: the open file, whose folders are open from the start.
 */
export function useFolders(treeId: string, at: string | null, path: string | null, revision: string) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(() => new Set(["", ...foldersAbove(path)]));
  const [folders, setFolders] = useState<ReadonlyMap<string, Folder>>(new Map());
  const reading = useRef({ revision, folders: new Set<string>() });

  const read = useCallback(
    async (folder: string, after: string | null, signal: AbortSignal) => {
      const query = new URLSearchParams({ folder, ...(at && { at }), ...(after && { after }) });
      try {
        const page = await fetchJson<Page<TreeFile>>(`trees/${treeId}/files?${query}`, signal);
        setFolders((now) => {
          const before = after ? (now.get(folder)?.items ?? []) : [];
          return new Map(now).set(folder, { items: [...before, ...page.items], next: page.next, problem: null });
        });
      } catch (error) {
        if (signal.aborted || !(error instanceof Error)) return;
        setFolders((now) => new Map(now).set(folder, { items: [], next: null, problem: error.message }));
      }
    },
    [treeId, at],
  );

  // Another moment, or a change of the files: the open folders are read again.
  const latest = useRef(opened);
  useEffect(() => {
    latest.current = opened;
  });
  useEffect(() => {
    const ended = new AbortController();
    reading.current = { revision, folders: new Set(latest.current) };
    for (const folder of latest.current) void read(folder, null, ended.signal);
    return () => ended.abort();
  }, [read, revision]);

  const open = useCallback(
    (folder: string) => {
      setOpened((now) => new Set(now).add(folder));
      if (reading.current.folders.has(folder)) return;
      reading.current.folders.add(folder);
      void read(folder, null, new AbortController().signal);
    },
    [read],
  );
  const fold = useCallback((folder: string) => {
    setOpened((now) => new Set([...now].filter((one) => one !== folder)));
  }, []);
  useEffect(() => {
    for (const folder of foldersAbove(path)) open(folder);
  }, [path, open]);
  const more = useCallback(
    (folder: string) => void read(folder, folders.get(folder)?.next ?? null, new AbortController().signal),
    [read, folders],
  );
  return { rows: rowsOf(folders, opened, "", 1), isLoaded: folders.has(""), open, fold, more };
}

function foldersAbove(path: string | null): string[] {
  const names = path?.split("/").slice(0, -1) ?? [];
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}

export function rowsOf(
  folders: ReadonlyMap<string, Folder>,
  opened: ReadonlySet<string>,
  folder: string,
  level: number,
): FolderRow[] {
  const found = folders.get(folder);
  if (!found) return [];
  if (found.problem) return [{ kind: "problem", key: `${folder}/problem`, level, sentence: found.problem }];
  if (found.items.length === 0) return [{ kind: "empty", key: `${folder}/empty`, level }];
  const rows = found.items.flatMap((file): FolderRow[] => {
    const isOpen = file.kind === "folder" && opened.has(file.path);
    const row: FolderRow = { kind: "entry", key: file.path, level, file, isOpen };
    return isOpen ? [row, ...rowsOf(folders, opened, file.path, level + 1)] : [row];
  });
  return found.next ? [...rows, { kind: "more", key: `${folder}/more`, level, folder }] : rows;
}

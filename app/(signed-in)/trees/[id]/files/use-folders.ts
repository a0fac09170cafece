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

type Folders = ReadonlyMap<string, Folder>;

/**
 * Reads folders of one moment and revision, each once, until `end`: what is answered later belongs to another list.
 * `put` takes the change of the folders that were read so far.
 */
export function createFolderReads(
  load: (folder: string, after: string | null, signal: AbortSignal) => Promise<Page<TreeFile>>,
  put: (change: (now: Folders) => Folders) => void,
) {
  const ended = new AbortController();
  const { signal } = ended;
  const begun = new Set<string>();
  async function read(folder: string, after: string | null) {
    const found = await load(folder, after, signal).catch((error: Error) => error);
    if (signal.aborted) return;
    if (found instanceof Error)
      return put((now) => new Map(now).set(folder, { items: [], next: null, problem: found.message }));
    put((now) => {
      const before = after ? (now.get(folder)?.items ?? []) : [];
      return new Map(now).set(folder, { items: [...before, ...found.items], next: found.next, problem: null });
    });
  }
  return {
    open(folder: string): void {
      if (begun.has(folder)) return;
      begun.add(folder);
      void read(folder, null);
    },
    more: (folder: string, after: string | null) => void read(folder, after),
    end: () => ended.abort(),
  };
}

/**
 * Returns the rows of the open folders. A folder is read when it is opened, and again when `revision` changes.
 * `path`: the open file, whose folders are open from the start.
 */
export function useFolders(treeId: string, at: string | null, path: string | null, revision: string) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(() => new Set(["", ...foldersAbove(path)]));
  const [folders, setFolders] = useState<Folders>(new Map());
  const reads = useRef({ revision, folders: null as ReturnType<typeof createFolderReads> | null });

  // Another moment, or a change of the files: the open folders are read again.
  const latest = useRef(opened);
  useEffect(() => {
    latest.current = opened;
  });
  useEffect(() => {
    const now = createFolderReads((folder, after, signal) => {
      const query = new URLSearchParams({ folder, ...(at && { at }), ...(after && { after }) });
      return fetchJson(`trees/${treeId}/files?${query}`, signal);
    }, setFolders);
    reads.current = { revision, folders: now };
    for (const folder of latest.current) now.open(folder);
    return () => now.end();
  }, [treeId, at, revision]);

  const open = useCallback((folder: string) => {
    setOpened((now) => new Set(now).add(folder));
    reads.current.folders?.open(folder);
  }, []);
  const fold = useCallback((folder: string) => {
    setOpened((now) => new Set([...now].filter((one) => one !== folder)));
  }, []);
  useEffect(() => {
    for (const folder of foldersAbove(path)) open(folder);
  }, [path, open]);
  const more = useCallback(
    (folder: string) => reads.current.folders?.more(folder, folders.get(folder)?.next ?? null),
    [folders],
  );
  return { rows: rowsOf(folders, opened, "", 1), isLoaded: folders.has(""), open, fold, more };
}

function foldersAbove(path: string | null): string[] {
  const names = path?.split("/").slice(0, -1) ?? [];
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}

export function rowsOf(folders: Folders, opened: ReadonlySet<string>, folder: string, level: number): FolderRow[] {
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

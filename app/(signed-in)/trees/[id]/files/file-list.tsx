"use client";

import { type KeyboardEvent, useRef, useState } from "react";
import { Skeleton } from "@/components/ui/page/skeleton";
import { FileRow } from "./file-row";
import type { FolderRow, useFolders } from "./use-folders";

interface FileListProps {
  folders: ReturnType<typeof useFolders>;
  selected: string | null;
  open: (path: string) => void;
}

/** The folders and files of a moment. Arrow keys move and fold, Enter opens. */
export function FileList({ folders, selected, open }: FileListProps) {
  const { rows } = folders;
  const [at, setAt] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const entries = rows.filter((row) => row.kind === "entry");
  const reachable = [at, selected].find((path) => entries.some(({ key }) => key === path)) ?? entries[0]?.key;
  if (!folders.isLoaded)
    return (
      <Skeleton className="px-4" role="status" aria-label="Loading the files">
        {["62%", "48%", "55%", "40%"].map((width) => (
          <i key={width} style={{ width }} />
        ))}
      </Skeleton>
    );
  if (rows.length === 1 && rows[0]?.kind !== "entry") return <NoFiles row={rows[0]} />;
  const go = (path: string | undefined) => {
    if (path === undefined) return;
    setAt(path);
    list.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const index = entries.findIndex(({ key }) => key === reachable);
    const entry = entries[index];
    if (!entry || event.metaKey || event.ctrlKey || event.altKey) return;
    const { path, kind } = entry.file;
    const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    const moves: Record<string, () => void> = {
      ArrowDown: () => go(entries[index + 1]?.key),
      ArrowUp: () => go(entries[index - 1]?.key),
      Home: () => go(entries[0]?.key),
      End: () => go(entries.at(-1)?.key),
      ArrowRight: () => (kind === "folder" && !entry.isOpen ? folders.open(path) : go(entries[index + 1]?.key)),
      ArrowLeft: () => (entry.isOpen ? folders.fold(path) : go(parent || undefined)),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };
  const act = (row: FolderRow & { kind: "entry" }) => {
    setAt(row.key);
    if (row.file.kind !== "folder") open(row.file.path);
    else if (row.isOpen) folders.fold(row.file.path);
    else folders.open(row.file.path);
  };
  return (
    <div ref={list} role="tree" aria-label="Files of this tree" className="py-1" onKeyDown={onKeyDown}>
      {rows.map((row) =>
        row.kind === "entry" ? (
          <FileRow
            key={row.key}
            file={row.file}
            level={row.level}
            isOpen={row.isOpen}
            isSelected={row.key === selected}
            isReachable={row.key === reachable}
            act={() => act(row)}
          />
        ) : (
          <OtherRow key={row.key} row={row} more={folders.more} />
        ),
      )}
    </div>
  );
}

/** Instead of a list without entries, which would be no list for screen readers. */
function NoFiles({ row }: { row: FolderRow | undefined }) {
  if (row?.kind === "problem")
    return (
      <p className="p-4 text-fail" role="alert">
        {row.sentence}
      </p>
    );
  return <p className="p-4 text-ink-2">No files yet. They appear here after the first turn that writes one.</p>;
}

function OtherRow({ row, more }: { row: FolderRow; more: (folder: string) => void }) {
  const style = { paddingLeft: 30 + (row.level - 1) * 16 };
  if (row.kind === "more") {
    const act = () => more(row.folder);
    return (
      <div
        role="treeitem"
        aria-level={row.level}
        style={style}
        tabIndex={0}
        className="link flex h-7 cursor-pointer items-center focus-visible:-outline-offset-2 phone:h-12"
        onClick={act}
        onKeyDown={(event) => event.key === "Enter" && act()}
      >
        Show more
      </div>
    );
  }
  const isProblem = row.kind === "problem";
  return (
    <div
      role="treeitem"
      aria-level={row.level}
      style={style}
      tabIndex={-1}
      className={`py-1 pr-3 text-small ${isProblem ? "text-fail" : "text-ink-3"}`}
    >
      {isProblem ? row.sentence : "Empty"}
    </div>
  );
}

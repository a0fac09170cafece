"use client";

import { Icon } from "@/components/ui/icon";
import type { TreeFile } from "@/core/shapes/files";
import { bytes } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";
import { ChangeMark } from "./change-mark";

interface FileRowProps {
  file: TreeFile;
  level: number;
  isOpen: boolean;
  isSelected: boolean;
  /** Whether Tab reaches this row; the arrow keys reach the others. */
  isReachable: boolean;
  act: () => void;
}

const INDENT_PX = 16;

/** A file or a folder of the list. */
export function FileRow({ file, level, isOpen, isSelected, isReachable, act }: FileRowProps) {
  const isFolder = file.kind === "folder";
  const name = file.path.slice(file.path.lastIndexOf("/") + 1);
  return (
    <div
      role="treeitem"
      tabIndex={isReachable ? 0 : -1}
      aria-level={level}
      aria-expanded={isFolder ? isOpen : undefined}
      aria-selected={isSelected}
      data-path={file.path}
      className="flex h-7 min-w-0 cursor-pointer items-center gap-1.5 pr-4 hover:bg-hover focus-visible:-outline-offset-2 aria-selected:bg-selected phone:h-12"
      style={{ paddingLeft: 12 + (level - 1) * INDENT_PX }}
      onClick={act}
      onKeyDown={(event) => event.key === "Enter" && act()}
    >
      {isFolder ? (
        <Icon name={isOpen ? "down" : "chev"} className="size-3 flex-none stroke-3 text-ink-3" />
      ) : (
        <span className="size-3 flex-none" />
      )}
      <Icon name={isFolder ? "folder" : "doc"} className="size-3.5 flex-none text-ink-3" />
      <span
        className={`min-w-0 flex-auto truncate ${file.changed === "deleted" ? "text-ink-3 line-through" : ""}`}
        title={withoutDisguise(file.path)}
      >
        {withoutDisguise(name)}
      </span>
      <ChangeMark change={isFolder && file.changed === "modified" ? null : file.changed} />
      {isFolder && file.changed === "modified" ? (
        <span className="size-1.5 flex-none rounded-full bg-ink-3" role="img" aria-label="holds changes" />
      ) : null}
      {file.bytes === null ? null : (
        <span className="w-16 flex-none text-right text-small text-ink-3">{bytes(file.bytes)}</span>
      )}
    </div>
  );
}

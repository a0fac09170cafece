"use client";

import { useMemo, useRef } from "react";
import { plural } from "@/core/words/figures";
import { FileDiff } from "./file-diff";
import { type PatchFile, readPatch } from "./read-patch";
import { useIsWide } from "./use-is-wide";

/** The first files start open, further files start folded. */
const OPEN_FILES = 8;

export interface PatchFilesProps {
  patch: string;
  /** Shows only the files whose path it accepts, below a heading that counts them. */
  only?: (path: string) => boolean;
  /** Tells this patch from another one on the page. */
  of?: string;
  /** The patch holds only the beginning of a longer one. */
  isCut?: boolean;
}

/** A patch, file by file. In a wide box, the old and the new version are side by side. */
export function PatchFiles({ patch, only, of, isCut = false }: PatchFilesProps) {
  const all = useMemo(() => readPatch(patch), [patch]);
  const files = only ? all.filter(({ path }) => only(path)) : all;
  const box = useRef<HTMLDivElement>(null);
  const isWide = useIsWide(box);
  if (files.length === 0)
    return <p className="py-2 text-ink-2">{isCut ? "The diff ends before this file." : "No text changes."}</p>;
  return (
    <div className="stack" ref={box} data-patch>
      {files.length > 1 && !only ? <p className="text-small text-ink-2">{summaryOf(files, isCut)}</p> : null}
      {files.map((file, at) => (
        <FileDiff
          key={file.number}
          file={file}
          isOpen={at < OPEN_FILES}
          isWide={isWide}
          of={of}
          isCut={isCut && file === all.at(-1)}
        />
      ))}
    </div>
  );
}

function summaryOf(files: readonly PatchFile[], isCut: boolean): string {
  const added = files.reduce((sum, file) => sum + file.added, 0);
  const removed = files.reduce((sum, file) => sum + file.removed, 0);
  const lines = `${plural(added, "line")} added, ${removed} removed`;
  return `${plural(files.length, "file")}${isCut ? " shown" : ""}: ${lines}`;
}

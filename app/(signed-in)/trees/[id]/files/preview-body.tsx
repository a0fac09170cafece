"use client";

import Image from "next/image";
import { PatchDiff } from "@/components/diff/patch-diff";
import { Markdown } from "@/components/text/markdown";
import { Say } from "@/components/ui/parts";
import type { FilePreview } from "@/core/shapes/files";
import { bytes } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";
import { CodeLines } from "./code-lines";
import { bytesAddress } from "./file-address";

export type PreviewPart = "preview" | "source" | "changes";

/** Returns the ways in which a file can be shown, the usual one first. */
export function partsOf({ type, patch, truncated }: FilePreview): PreviewPart[] {
  const parts: PreviewPart[] = type === "markdown" || type === "svg" ? ["preview", "source"] : ["preview"];
  if (type === "deleted") return ["changes"];
  return patch || truncated ? [...parts, "changes"] : parts;
}

interface PreviewBodyProps {
  treeId: string;
  at: string | null;
  file: FilePreview;
  part: PreviewPart;
}

function Changes({ file: { patch, truncated } }: { file: FilePreview }) {
  if (!patch && !truncated) return <p className="text-ink-2">There are no lines to compare.</p>;
  return (
    <div className="stack">
      {truncated ? <Say>The diff is longer than 256 KB, so only its beginning is shown.</Say> : null}
      {patch ? <PatchDiff patch={patch} isCut={truncated} /> : null}
    </div>
  );
}

/** The content of a file. Text of agents is shown as text, and images are loaded as images only. */
export function PreviewBody({ treeId, at, file, part }: PreviewBodyProps) {
  const { path, type, text } = file;
  if (part === "changes") return <Changes file={file} />;
  const lines = <CodeLines text={text} label={`Lines of ${withoutDisguise(path)}`} path={path} />;
  if (part === "source") return lines;
  switch (type) {
    case "markdown":
      return <Markdown text={text} />;
    case "image":
    case "svg":
      return (
        <Image
          unoptimized
          width={1_200}
          height={800}
          className="h-auto max-h-[70vh] w-auto max-w-full rounded-control border border-line bg-sunk object-contain"
          src={bytesAddress(treeId, path, at)}
          alt={withoutDisguise(path)}
        />
      );
    case "link":
      return (
        <p>
          A link to <span className="font-mono text-mono wrap-anywhere">{withoutDisguise(text)}</span>. Banyan never
          follows links.
        </p>
      );
    case "large":
      return (
        <div className="stack">
          <Say>The file has {bytes(file.bytes)}, so only its beginning is shown. Download it to read all of it.</Say>
          {lines}
        </div>
      );
    case "binary":
      return (
        <p className="text-ink-2">A binary file of {bytes(file.bytes)}: there is no preview. Download it to open it.</p>
      );
    default:
      return text === "" ? <p className="text-ink-2">The file is empty.</p> : lines;
  }
}

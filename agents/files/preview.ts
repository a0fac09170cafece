/** A file as far as a page can show it. */
import { UserError } from "@/agents/application";
import type { FilePreview } from "@/core/shapes/files";
import { isDrawnQuickly } from "@/lib/media/svg-cost";
import { decodeText } from "@/lib/workspace/files";
import { type Found, findFile, readStart, targetOf } from "./folder";
import { askedLater, type FileSources, type Moment, partsOf } from "./moment";
import type { AllChanges } from "./tree-changes";

/** Longer text is shown from its beginning. */
const TEXT_BYTES = 256 * 1024;
const PATCH_BYTES = 256 * 1024;

type Patch = Pick<FilePreview, "patch" | "truncated">;
const NO_PATCH: Patch = { patch: "", truncated: false };

const IMAGE = /\.(png|jpe?g|gif|webp)$/i;

export async function previewFile(
  sources: FileSources,
  moment: Moment,
  changes: AllChanges,
  given: string,
): Promise<FilePreview> {
  const path = partsOf(moment, given).join("/");
  const { change: changed = null, changed_by = [] } = changes.get(path) ?? {};
  const facts = { path, changed, changed_by, ...(changed ? await patchOf(sources, moment, path) : NO_PATCH) };
  const found = await findFile(sources, moment, path).catch((error: unknown) => {
    if (changed === "deleted" && error instanceof UserError && error.kind === "not_found") return null;
    throw error;
  });
  if (!found) return { ...facts, bytes: 0, type: "deleted", text: "" };
  return { ...facts, bytes: found.bytes, ...(await askedLater(contentFor(sources, moment, found))) };
}

async function contentFor(
  sources: FileSources,
  moment: Moment,
  file: Found,
): Promise<Pick<FilePreview, "type" | "text">> {
  if (file.kind === "link") return { type: "link", text: await targetOf(sources, moment, file) };
  if (IMAGE.test(file.path)) return { type: "image", text: "" };
  const text = decodeText(await readStart(sources, moment, file, TEXT_BYTES));
  if (text === null) return { type: "binary", text: "" };
  if (file.bytes > TEXT_BYTES) return { type: "large", text };
  if (/\.svg$/i.test(file.path)) return { type: isDrawnQuickly(text) ? "svg" : "text", text };
  return { type: /\.(md|markdown)$/i.test(file.path) ? "markdown" : "text", text };
}

async function patchOf({ snapshots }: FileSources, { start, commit }: Moment, path: string): Promise<Patch> {
  if (commit === null) return NO_PATCH;
  const { patch, truncated } = await askedLater(snapshots.diff(start, commit, { maxBytes: PATCH_BYTES, path }));
  return { patch, truncated };
}

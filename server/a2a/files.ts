/**
 * The files of a completed task for the other agent: those that the page of its tree lists as files of the result, as
 * they were when the task ended. They are read from the snapshot of that moment, so every answer shows the same.
 */
import { isUtf8 } from "node:buffer";
import { UserError } from "@/agents/application";
import { isHidden, type ShownArtifact, stateOf } from "@/core/a2a/a2a-task";
import { isAccepted, mediaTypeOf, type ShownPart } from "@/core/a2a/parts";
import type { A2aTask } from "@/core/a2a/records";
import type { Caller } from "./caller";

const MOST_FILES = 20;
const MOST_BYTES = 100_000;
const MOST_BYTES_TOGETHER = 500_000;

/** `isBrief`: only addresses, for lists of many tasks. */
export async function filesOf(caller: Caller, task: A2aTask, { isBrief = false } = {}): Promise<ShownArtifact[]> {
  const { ended, tree, accepts } = task;
  if (stateOf(task) !== "TASK_STATE_COMPLETED" || !tree) return [];
  const untilMs = ended?.atMs ?? tree.endedAtMs ?? 0;
  const found = await orNothing(caller.app.queries.getTaskFiles(tree.rootTask, { untilMs }));
  if (!found || found.at === null) return [];
  const moment = String(found.at);
  const paths = found.files
    .filter(({ path, change }) => change !== "deleted" && !isHidden(path) && isAccepted(accepts, mediaTypeOf(path)))
    .map(({ path }) => path)
    .sort((a, b) => (a < b ? -1 : 1));
  const artifacts: ShownArtifact[] = [];
  let room = isBrief ? 0 : MOST_BYTES_TOGETHER;
  for (const path of paths) {
    if (artifacts.length === MOST_FILES) break;
    // A link has no bytes of its own, and is never followed.
    const file = await orNothing(caller.app.queries.openFile(task.id, path, { at: moment }));
    if (!file) continue;
    const isInline = file.bytes <= Math.min(MOST_BYTES, room);
    const about = { filename: file.name, mediaType: mediaTypeOf(path) };
    const part: ShownPart = isInline
      ? { raw: await bytesOf(caller, file), ...about }
      : { url: addressOf(caller, task.id, path, moment), ...about };
    if (isInline) room -= file.bytes;
    artifacts.push({ artifactId: `${task.id}/files/${path}`, name: path, parts: [part] });
  }
  return artifacts;
}

/** Returns null when the snapshot is no longer kept, or the file cannot be sent: the text of the result stays. */
async function orNothing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof UserError && error.kind !== "forbidden") return null;
    throw error;
  }
}

/** Returns the bytes as base64; a text without the secrets that Banyan knows. */
async function bytesOf({ records }: Caller, file: { read(): AsyncIterable<Buffer> }): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of file.read()) chunks.push(Buffer.from(chunk));
  const bytes = Buffer.concat(chunks);
  return (isUtf8(bytes) ? Buffer.from(records.redact(bytes.toString("utf8"))) : bytes).toString("base64");
}

/** The route of downloads checks the token again. */
function addressOf({ base }: Caller, tree: string, path: string, moment: string): string {
  return `${base}/api/v1/trees/${tree}/files/${path.split("/").map(encodeURIComponent).join("/")}?at=${moment}`;
}

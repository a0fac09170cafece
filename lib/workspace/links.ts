/** Symbolic links of a workspace: where they lead, as long as that is inside of it. */
import fs from "node:fs";
import path from "node:path";
import { partsInside, WorkspaceError, type WorkspaceView } from "./path";

/** As the kernel does, so that a circle ends. */
const MOST_LINKS = 40;

/**
 * Returns the place to which a path leads, with every link in it followed. The caller opens that place without following
 * any, so a link that is swapped meanwhile leads nowhere else. Throws a `WorkspaceError` for a link that leads outside.
 */
export function followLinks(view: WorkspaceView, given: string): string[] {
  let parts = partsInside(view, given);
  for (let at = 0, links = 0; at < parts.length; ) {
    const target = targetAt(view, parts.slice(0, at + 1));
    if (target === null) {
      at += 1;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) throw new WorkspaceError(`${JSON.stringify(given)} is a circle of symbolic links.`);
    const inside = insideOf(view, [...parts.slice(0, at), target], parts.slice(at + 1));
    if (inside === null)
      throw new WorkspaceError(
        `${JSON.stringify(given)} is a symbolic link that leads outside the workspace, where nothing is read.`,
        { fault: "path_refused" },
      );
    parts = inside;
    at = 0;
  }
  return parts;
}

/** Returns the path in the workspace to which a link leads; null when it is no link, or leads elsewhere. */
export function linkTarget(view: WorkspaceView, parts: readonly string[]): string | null {
  const target = targetAt(view, parts);
  if (target === null) return null;
  return insideOf(view, [...parts.slice(0, -1), target], [])?.join("/") || null;
}

/** Says why a link is not written to. */
export function linkRefusal(shown: string, target: string | null): string {
  return target === null
    ? `${shown} is a symbolic link; links are never followed, so name the file itself.`
    : `${shown} is a symbolic link to ${JSON.stringify(target)}; links are never written through, so name that file.`;
}

function targetAt(view: WorkspaceView, parts: readonly string[]): string | null {
  try {
    return fs.readlinkSync(path.join(view.root, ...parts));
  } catch {
    return null;
  }
}

/** Returns the parts of a path whose last part is the target of a link; null outside the workspace. */
function insideOf(view: WorkspaceView, linked: readonly string[], rest: readonly string[]): string[] | null {
  const target = linked.at(-1) ?? "";
  const whole = target.startsWith("/") ? path.posix.normalize(target) : path.posix.normalize(linked.join("/"));
  if (whole === ".." || whole.startsWith("../")) return null;
  try {
    return partsInside(view, [whole, ...rest].join("/"));
  } catch (error) {
    if (error instanceof WorkspaceError) return null;
    throw error;
  }
}

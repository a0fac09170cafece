import { SnapshotError } from "./port";

/**
 * The name of the empty file that represents an empty folder. No real name is stored like this, because a leading "%"
 * is doubled.
 */
const EMPTY_FOLDER = "%";

// Git treats some names as its own, on some systems after folding case or dropping characters. Every similar name is
// stored with a leading "%", so that a nested repository and `.gitattributes` are plain data.
const DISLIKED = /^(%|\.git|git~|[.\u0080-\uffff].*[\u0080-\uffff]|[\u0080-\uffff])/is;

function storedName(name: string): string {
  return DISLIKED.test(name) ? `%${name}` : name;
}

/** Returns the stored form of a folder's path; an empty folder's path ends in "/". */
export function storedPath(path: string): string {
  if (path.endsWith("/")) return `${storedPath(path.slice(0, -1))}/${EMPTY_FOLDER}`;
  return path.split("/").map(storedName).join("/");
}

export function realPath(stored: string): string {
  if (stored.endsWith(`/${EMPTY_FOLDER}`)) return `${realPath(stored.slice(0, -2))}/`;
  if (!stored.includes("%")) return stored;
  return stored
    .split("/")
    .map((name) => (name.startsWith("%") ? name.slice(1) : name))
    .join("/");
}

/** Returns a path for fast-import, in double quotes with C escapes. */
export function quoted(path: string): string {
  return `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

const REF_PART = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,199}$/;

export const ALL_REFS = "refs/snap/";

export function refsOf(tree: string): string {
  return `${ALL_REFS}${refPart(tree)}/`;
}

export function refOf(tree: string, label: string): string {
  return `${refsOf(tree)}${refPart(label)}`;
}

export function treeOf(ref: string): string {
  return ref.slice(ALL_REFS.length).split("/")[0] ?? "";
}

function refPart(part: string): string {
  if (REF_PART.test(part) && !part.includes("..") && !/(\.|\.lock)$/.test(part)) return part;
  throw new SnapshotError(
    `${JSON.stringify(part.slice(0, 100))} is not a valid name for a snapshot; use letters, digits, "-" and "_".`,
  );
}

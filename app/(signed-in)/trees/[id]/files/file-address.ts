/** Addresses of a tree's files. Pure. */

function encoded(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function queryOf(given: Record<string, string | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) if (value) search.set(name, value);
  const text = search.toString();
  return text && `?${text}`;
}

/** Returns the address of a file's bytes. */
export function bytesAddress(treeId: string, path: string, at: string | null): string {
  return `/api/v1/trees/${treeId}/files/${encoded(path)}${queryOf({ at })}`;
}

/** Returns the address of the Files view with a file open. */
export function viewAddress(treeId: string, path: string, at: string | null): string {
  return `/trees/${treeId}${queryOf({ view: "files", path, at })}`;
}

/** Returns the address of a zip: of all files, of changed files, or of what a task changed. */
export function zipAddress(treeId: string, wanted: { at?: string | null; only?: "changed"; task?: string }): string {
  return `/api/v1/trees/${treeId}/archive${queryOf(wanted)}`;
}

export function patchAddress(treeId: string, task?: string): string {
  return `/api/v1/trees/${treeId}/patch${queryOf({ task })}`;
}

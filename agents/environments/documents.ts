/**
 * What a commit says its service has to do: its OpenAPI document and its specification. Both are kept as the commit has
 * them, before any command of it runs: a setup command could replace them in the files, and with them what the commit is
 * measured against.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "@/agents/application";
import { MODEL_FILE, OPENAPI_FILES, SPECIFICATION_FILE } from "@/core/specification/limits";
import { readTextFile } from "@/lib/workspace/files";
import { WorkspaceError } from "@/lib/workspace/path";
import { removeTree } from "@/lib/workspace/remove-tree";

const MOST_BYTES = 10_000_000;

/** Copies the documents of a commit from its files, of which nothing is trusted: a link, a pipe or a huge file counts as none. */
export async function keepDocuments(files: string, documents: string): Promise<void> {
  await removeTree(documents);
  mkdirSync(documents, { mode: 0o700 });
  for (const file of [...OPENAPI_FILES, SPECIFICATION_FILE, MODEL_FILE]) {
    const text = await textOr(files, file);
    if (text === null) continue;
    mkdirSync(dirname(join(documents, file)), { recursive: true });
    writeFileSync(join(documents, file), text);
  }
}

async function textOr(root: string, file: string): Promise<string | null> {
  try {
    return await readTextFile({ root, hiddenPaths: [] }, file, MOST_BYTES);
  } catch (error) {
    if (error instanceof WorkspaceError) return null;
    throw error;
  }
}

/** Throws UserError where an older version prepared the files, and kept no documents. */
export function requireDocuments(documents: string): void {
  if (existsSync(documents)) return;
  throw new UserError(
    "conflict",
    "An older version of Banyan prepared this environment. Bring it up again, then check it.",
  );
}

/** Returns the OpenAPI document; null: the commit has none. */
export function openApiIn(documents: string): string | null {
  const file = OPENAPI_FILES.map((name) => join(documents, name)).find(existsSync);
  return file === undefined ? null : readFileSync(file, "utf8");
}

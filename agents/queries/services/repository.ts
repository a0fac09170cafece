/** Opens the repository of a project for queries, which may come from many people at once. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@/agents/application";
import type { OpenRepository } from "@/agents/insights/look";
import type { StoredProject } from "@/db/projects/projects";
import { type Source, withFolder } from "@/lib/insights/source";
import { WorkspaceError } from "@/lib/workspace/path";

export interface RepositorySources {
  dataDir: string;
  /** Fetches a repository that is elsewhere into a cache. */
  openRepository: OpenRepository;
}

export type OpenSource = Source & { dir: string; signal: AbortSignal };

const READ_MS = 60_000;

/**
 * Calls `work` with the end of the project's branch. Resolves with null for a folder without a repository. Throws UserError with one
 * sentence, also for a repository that is elsewhere and cannot be fetched within a minute.
 */
export async function readRepository<Result>(
  { dataDir, openRepository }: RepositorySources,
  { name, address, branch }: Pick<StoredProject, "name" | "address" | "branch">,
  work: (source: OpenSource) => Promise<Result>,
): Promise<Result | null> {
  return reading({ dataDir, name }, async ({ dir, signal }) => {
    const read = (source: Source) => work({ ...source, dir, signal });
    if (!address.startsWith("/")) return await openRepository({ address, branch }, { dir, signal }, read);
    return existsSync(join(address, ".git")) ? await withFolder(address, { branch, dir, signal }, read) : null;
  });
}

/** Calls `work` with what is here already. Throws as `readRepository`. */
export async function readSource<Result>(
  of: { dataDir: string; name: string },
  source: Source,
  work: (source: OpenSource) => Promise<Result>,
): Promise<Result> {
  return reading(of, (around) => work({ ...source, ...around }));
}

async function reading<Result>(
  { dataDir, name }: { dataDir: string; name: string },
  work: (around: Pick<OpenSource, "dir" | "signal">) => Promise<Result>,
): Promise<Result> {
  const cache = join(dataDir, "cache");
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  const dir = mkdtempSync(join(cache, "service-"));
  const signal = AbortSignal.timeout(READ_MS);
  try {
    return await work({ dir, signal });
  } catch (error) {
    if (error instanceof WorkspaceError) throw new UserError("invalid", error.message);
    if (signal.aborted) throw new UserError("unavailable", `Reading ${name} took longer than a minute and was ended.`);
    throw error;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

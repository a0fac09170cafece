/** Checks the commit of an environment: its service runs in a sandbox of its own, with empty data, while it is asked. */
import { closeSync, constants, existsSync, fstatSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CheckResult } from "@/core/shapes/environments/environments";
import { OPENAPI_FILES } from "@/core/specification/limits";
import type { StoredEnvironment } from "@/db/environments/environments";
import type { StoredProject } from "@/db/projects/projects";
import { openLocalPort } from "@/lib/environments/local-port";
import { runChecks } from "@/lib/environments/run-checks";
import { removeTree } from "@/lib/workspace/remove-tree";
import { startIts } from "./bring-up";
import { type EnvironmentSources, foldersOf } from "./sources";

const MOST_DOCUMENT_BYTES = 10_000_000;

type Checking = NonNullable<StoredEnvironment["wantedChecks"]>;

/** Resolves with what was found. Throws UserError or Error with one sentence. */
export async function check(
  sources: EnvironmentSources & { program: string },
  environment: StoredEnvironment,
  project: StoredProject,
  { wanted, signal }: { wanted: Checking; signal: AbortSignal },
): Promise<CheckResult> {
  const { files, whole } = foldersOf(sources.dataDir, environment.uid);
  const data = join(whole, "checked-data");
  await removeTree(data);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  try {
    const running = await startIts(sources, environment, project, { data, onOutput: () => undefined });
    const local = await openLocalPort(running, 0);
    try {
      const { requests, load } = wanted;
      const url = `http://127.0.0.1:${local.port}`;
      const given = { url, document: documentIn(files), headers: {}, wanted: { requests, load } };
      return await runChecks(given, { program: sources.program, signal });
    } finally {
      await local.close();
      await running.stop();
    }
  } finally {
    await removeTree(data);
  }
}

/** Returns the OpenAPI document of the files, of which nothing is trusted; a link or a huge one counts as none. */
function documentIn(files: string): string | null {
  const file = OPENAPI_FILES.map((name) => join(files, name)).find(existsSync);
  if (file === undefined) return null;
  try {
    const fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return fstatSync(fd).size > MOST_DOCUMENT_BYTES ? null : readFileSync(fd, "utf8");
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}

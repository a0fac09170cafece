/** Checks the commit of an environment: its service runs in a sandbox of its own, with empty data, while it is asked. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@/agents/application";
import { textsInFolder } from "@/agents/specification/files";
import { readSpecification } from "@/agents/specification/read";
import { baseOf } from "@/core/services/model/model";
import type { CheckResult } from "@/core/shapes/environments/environments";
import type { StoredEnvironment } from "@/db/environments/environments";
import type { StoredProject } from "@/db/projects/projects";
import { mostMs } from "@/lib/environments/check-limits";
import { openLocalPort } from "@/lib/environments/local-port";
import type { WantedNumber } from "@/lib/environments/numbers";
import { runChecks } from "@/lib/environments/run-checks";
import { parseDocument } from "@/lib/openapi/document";
import { ApiDocumentError } from "@/lib/openapi/types";
import { deadline } from "@/lib/time/deadline";
import { WorkspaceError } from "@/lib/workspace/path";
import { removeTree } from "@/lib/workspace/remove-tree";
import { secretsOf, startIts } from "./bring-up";
import { openApiIn, requireDocuments } from "./documents";
import { type EnvironmentSources, foldersOf } from "./sources";
import type { UntilHalt } from "./until-halt";

type Checking = NonNullable<StoredEnvironment["wantedChecks"]>;

/** Resolves with what was found. Throws UserError or Error with one sentence. */
export async function check(
  { sources, signal, requireNoHalt }: UntilHalt<EnvironmentSources & { program: string }>,
  environment: StoredEnvironment,
  project: StoredProject,
  wanted: Checking,
): Promise<CheckResult> {
  const { documents, whole } = foldersOf(sources.dataDir, environment.uid);
  if (environment.commit === null) throw new UserError("conflict", "The environment has no files, because it failed.");
  requireDocuments(documents);
  const data = join(whole, "checked-data");
  await removeTree(data);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  try {
    const running = await startIts(sources, environment, project, { data, onOutput: () => undefined, signal });
    const local = await openLocalPort(running, 0);
    try {
      const { requests, load } = wanted;
      const document = openApiIn(documents);
      const numbers = await numbersIn(documents);
      const url = `http://127.0.0.1:${local.port}${baseIn(document)}`;
      const given = { url, document, key: keyOf(sources, environment), numbers, wanted: { requests, load } };
      requireNoHalt();
      return await runWithin(mostMs(wanted, numbers.length), signal, (limited) =>
        runChecks(given, { program: sources.program, signal: limited }),
      );
    } finally {
      await local.close();
      await running.stop();
    }
  } finally {
    await removeTree(data);
  }
}

/** Throws UserError when the time is over. */
async function runWithin<Result>(
  milliseconds: number,
  signal: AbortSignal,
  run: (limited: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limit = deadline(signal, milliseconds);
  try {
    return await run(limit.signal);
  } catch (error) {
    if (signal.aborted || !limit.isLate()) throw error;
    throw new UserError("unavailable", `the check took longer than ${Math.ceil(milliseconds / 60_000)} minutes.`);
  } finally {
    limit.end();
  }
}

/** Returns the path that stands before those of the document. Why a document cannot be read is said by its check. */
function baseIn(document: string | null): string {
  try {
    return document === null ? "" : baseOf(parseDocument(document));
  } catch (error) {
    if (error instanceof ApiDocumentError) return "";
    throw error;
  }
}

/** Returns the numbers that the specification asks for; none where there is no specification that can be read. */
async function numbersIn(documents: string): Promise<WantedNumber[]> {
  try {
    const { specification } = await readSpecification(
      await textsInFolder({ root: documents, hiddenPaths: [] }),
      "final",
    );
    return (specification?.requirements ?? []).flatMap(({ id: requirement, measure }) =>
      measure ? [{ requirement, measure }] : [],
    );
  } catch (error) {
    if (error instanceof WorkspaceError) return [];
    throw error;
  }
}

/** Services that Banyan made know their callers by these keys. */
function keyOf(sources: EnvironmentSources, environment: StoredEnvironment): string | null {
  const { API_KEYS: keys = "" } = { ...environment.variables, ...secretsOf(sources, environment) };
  return keys.split(",")[0]?.trim() || null;
}

/** Brings an environment up: its files, when they are not there, and then its service. */
import { existsSync, mkdirSync } from "node:fs";
import { UserError } from "@/agents/application";
import type { StoredEnvironment } from "@/db/environments/environments";
import type { StoredProject } from "@/db/projects/projects";
import { PLACES, type RunningEnvironment, startEnvironment } from "@/lib/environments/environment";
import { openLogFile } from "@/lib/environments/log-file";
import { startIn } from "@/lib/environments/start-command";
import { keepDocuments } from "./documents";
import { prepare } from "./prepare";
import { type EnvironmentSources, foldersOf } from "./sources";

interface BringingUp {
  signal: AbortSignal;
  /** Called before its files change. */
  beforeFiles(): Promise<void>;
}

/**
 * Resolves with the running service, or null when its state was changed meanwhile: then nothing of it runs. Throws
 * UserError, WorkspaceError or Error with one sentence when it cannot run.
 */
export async function bringUp(
  sources: EnvironmentSources,
  uid: string,
  project: StoredProject,
  { signal, beforeFiles }: BringingUp,
): Promise<RunningEnvironment | null> {
  const { store, dataDir } = sources;
  const { environments } = store;
  // Taken before it is read: who asks for a newer commit from here on lets it wait again, and who did before is read.
  if (!(await environments.set(uid, ["waiting"], { state: "starting" }))) return null;
  const environment = environments.get(uid);
  if (environment === null) return null;
  const folders = foldersOf(dataDir, uid);
  const log = redactedLog(sources, folders.log);
  try {
    const isPrepared = environment.commit !== null && existsSync(folders.files);
    if (!isPrepared) {
      if (!(await environments.set(uid, ["starting"], { state: "preparing" }))) return null;
      await beforeFiles();
      const forge = environment.pull === null ? null : store.forges.link(project.name);
      const commit = await prepare(sources, {
        files: folders.files,
        scratch: folders.scratch,
        place: { address: forge?.cloneUrl ?? project.address, branch: environment.branch ?? project.branch },
        setup: project.setup,
        signal,
        say: log.append,
        written: (_commit, written) => keepDocuments(written, folders.documents),
      });
      if (!(await environments.set(uid, ["preparing"], { state: "starting", commit }))) return null;
    }
    mkdirSync(folders.data, { recursive: true, mode: 0o700 });
    const given = { data: folders.data, onOutput: log.append, signal };
    const running = await startIts(sources, environment, project, given);
    running.ended.finally(log.end).catch(() => undefined);
    const isWanted = !signal.aborted && (await environments.set(uid, ["starting"], runs(running)));
    if (isWanted) return running;
    await running.stop();
    return null;
  } catch (error) {
    log.end();
    throw error;
  }
}

/** Resolves when the service of an environment listens, with these data. Throws UserError with one sentence. */
export async function startIts(
  sources: EnvironmentSources,
  environment: StoredEnvironment,
  project: StoredProject,
  { data, onOutput, signal }: { data: string; onOutput(text: string): void; signal: AbortSignal },
): Promise<RunningEnvironment> {
  const { files } = foldersOf(sources.dataDir, environment.uid);
  const command = environment.command ?? project.service.start ?? commandIn(files);
  onOutput(`$ ${command}\n`);
  return startEnvironment({
    sandbox: sources.sandbox,
    folder: files,
    command,
    data,
    env: { DATABASE: `${PLACES.data}/service.db`, ...environment.variables, ...secretsOf(sources, environment) },
    onOutput,
    signal,
  }).catch((error: Error) => {
    throw new UserError("invalid", error.message);
  });
}

const runs = ({ socket }: RunningEnvironment) => ({ state: "running", socket }) as const;

function commandIn(files: string): string {
  const { command } = startIn(files);
  if (command !== null) return command;
  throw new UserError(
    "invalid",
    "Nothing says how the service starts: give its package.json a script `preview` or `start`, or the project a command with `banyan project change NAME --start COMMAND`. It must listen at the port that PORT names.",
  );
}

/** Returns the values of secrets, by variable. Throws UserError where the vault has none of that name. */
export function secretsOf(
  { security }: Pick<EnvironmentSources, "security">,
  { secrets }: Pick<StoredEnvironment, "secrets">,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets).map(([variable, name]): [string, string] => {
      const value = security.vault.get(name);
      if (value === null)
        throw new UserError(
          "invalid",
          `There is no secret ${name} in the vault, which ${variable} needs: set it first.`,
        );
      return [variable, value];
    }),
  );
}

/** What a service prints may hold keys, in pieces of any size. */
export function redactedLog(
  { security }: Pick<EnvironmentSources, "security">,
  folder: string,
): { append(text: string): void; end(): void } {
  const file = openLogFile(folder);
  const stream = security.redactor.redactStream();
  const keep = (text: string) => {
    try {
      file.append(text);
    } catch {
      // A full disk must not end the service.
    }
  };
  return { append: (text) => keep(stream.push(text)), end: () => keep(stream.end()) };
}

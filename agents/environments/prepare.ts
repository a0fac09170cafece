/** Writes the files of an environment's commit, and installs its packages. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@/agents/application";
import type { StoredEnvironment } from "@/db/environments/environments";
import type { StoredProject } from "@/db/projects/projects";
import { setupFor } from "@/lib/clean-room/setup";
import { writeCommit } from "@/lib/git/clone-repository";
import { giveToTools, serverIsRoot, UNPRIVILEGED_USER } from "@/lib/process/tools-identity";
import { removeTree } from "@/lib/workspace/remove-tree";
import { type EnvironmentSources, foldersOf } from "./sources";

const SETUP_MS = 20 * 60_000;
const SETUP_OUTPUT_BYTES = 1_000_000;

interface Preparing {
  signal: AbortSignal;
  /** Called with each piece of what git and the setup command say. */
  say(text: string): void;
}

/** Resolves with the commit. Throws UserError or WorkspaceError with one sentence. */
export async function prepare(
  sources: EnvironmentSources,
  environment: StoredEnvironment,
  project: StoredProject,
  { signal, say }: Preparing,
): Promise<string> {
  const { files, scratch } = foldersOf(sources.dataDir, environment.uid);
  for (const folder of [files, scratch]) await removeTree(folder);
  for (const folder of [files, scratch]) mkdirSync(folder, { recursive: true, mode: 0o755 });
  giveToTools(files);
  try {
    const { store, openRepository } = sources;
    const forge = environment.pull === null ? null : store.forges.link(project.name);
    const place = { address: forge?.cloneUrl ?? project.address, branch: environment.branch ?? project.branch };
    const commit = await openRepository(place, { dir: scratch, signal }, async (source) => {
      const owner = serverIsRoot() ? UNPRIVILEGED_USER : undefined;
      await writeCommit(source, files, { beside: scratch, owner, signal });
      return source.commit;
    });
    say(`Wrote the files of commit ${commit.slice(0, 12)}.\n`);
    const setup = project.setup ?? setupFor(readdirSync(files));
    if (setup !== null) await install(sources, { setup, files, home: join(scratch, "home") }, { signal, say });
    return commit;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Runs the setup command in the sandbox, with the hosts that the policy allows. */
async function install(
  { sandbox, configuration, privateHosts }: EnvironmentSources,
  { setup, files, home }: { setup: string; files: string; home: string },
  { signal, say }: Preparing,
): Promise<void> {
  say(`$ ${setup}\n`);
  mkdirSync(home, { mode: 0o700 });
  giveToTools(home);
  const { hosts, fetchHosts } = configuration.policy();
  const ran = await sandbox.run({
    command: setup,
    workspace: files,
    hiddenPaths: [],
    home,
    network: { hosts: [...hosts, ...fetchHosts], privateHosts },
    timeoutMs: SETUP_MS,
    maxOutputBytes: SETUP_OUTPUT_BYTES,
    signal,
    onOutput: say,
  });
  signal.throwIfAborted();
  if (ran.exitStatus === 0) return;
  const refused = ran.network?.refused ?? [];
  const how = ran.endedBy === undefined ? `ended with exit status ${ran.exitStatus}` : `was ended (${ran.endedBy})`;
  const network =
    refused.length === 0
      ? ""
      : ` It was refused ${refused.join(", ")}: an admin may allow hosts in the policy, under Settings.`;
  throw new UserError("invalid", `The setup command ${how}: ${setup}.${network}`);
}

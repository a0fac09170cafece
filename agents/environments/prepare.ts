/** Writes the files of a commit, and installs its packages. */
import { mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@/agents/application";
import { setupFor } from "@/lib/clean-room/setup";
import { writeCommit } from "@/lib/git/clone-repository";
import { giveToTools, serverIsRoot, UNPRIVILEGED_USER } from "@/lib/process/tools-identity";
import { removeTree } from "@/lib/workspace/remove-tree";
import type { EnvironmentSources } from "./sources";
import { inSandbox } from "./start-refusal";

const SETUP_MS = 20 * 60_000;
const SETUP_OUTPUT_BYTES = 1_000_000;

type PrepareSources = Pick<EnvironmentSources, "openRepository" | "sandbox" | "configuration" | "privateHosts">;

interface Preparing {
  /** Where the files are once they are whole, and a folder of the server for what git and the setup command need meanwhile. */
  files: string;
  scratch: string;
  /** The repository, and its branch, null: its default branch; the commit of its history, absent: the newest of the branch. */
  place: { address: string; branch: string | null; commit?: string };
  /** Installs packages; null: what its lock file says. */
  setup: string | null;
  signal: AbortSignal;
  /** Called with each piece of what git and the setup command say. */
  say(text: string): void;
  /** Called with the commit when its files are in this folder and nothing of them has run. What it throws ends the preparing. */
  written?(commit: string, folder: string): Promise<void>;
}

/** Resolves with the commit. Throws UserError or WorkspaceError with one sentence. */
export async function prepare(sources: PrepareSources, preparing: Preparing): Promise<string> {
  const { files, scratch, place, signal, say } = preparing;
  // A kill must not leave half of the files where the next step of a promotion would run its command.
  const fresh = `${files}.new`;
  for (const folder of [files, fresh, scratch]) await removeTree(folder);
  for (const folder of [fresh, scratch]) mkdirSync(folder, { recursive: true, mode: 0o755 });
  giveToTools(fresh);
  try {
    const commit = await sources.openRepository(place, { dir: scratch, signal }, async ({ gitDir, commit }) => {
      const owner = serverIsRoot() ? UNPRIVILEGED_USER : undefined;
      await writeCommit({ gitDir, commit }, fresh, { beside: scratch, owner, signal });
      return commit;
    });
    say(`Wrote the files of commit ${commit.slice(0, 12)}.\n`);
    await preparing.written?.(commit, fresh);
    const setup = preparing.setup ?? setupFor(readdirSync(fresh));
    if (setup !== null) await install(sources, { setup, files: fresh, home: join(scratch, "home") }, { signal, say });
    renameSync(fresh, files);
    return commit;
  } finally {
    for (const folder of [fresh, scratch]) await removeTree(folder);
  }
}

/** Runs the setup command in the sandbox, with the hosts that the policy allows. */
async function install(
  { sandbox, configuration, privateHosts }: PrepareSources,
  { setup, files, home }: { setup: string; files: string; home: string },
  { signal, say }: Pick<Preparing, "signal" | "say">,
): Promise<void> {
  say(`$ ${setup}\n`);
  mkdirSync(home, { mode: 0o700 });
  giveToTools(home);
  const { hosts, fetchHosts } = configuration.policy();
  const ran = await inSandbox(signal, () =>
    sandbox.run({
      command: setup,
      workspace: files,
      hiddenPaths: [],
      home,
      network: { hosts: [...hosts, ...fetchHosts], privateHosts },
      timeoutMs: SETUP_MS,
      maxOutputBytes: SETUP_OUTPUT_BYTES,
      signal,
      onOutput: say,
    }),
  );
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

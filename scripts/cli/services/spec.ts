/** `service spec`: what a service has to do, what carries and shows it, and what is missing. It needs no database and no server. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { textsAt, textsInFolder } from "@/agents/specification/files";
import { type ReadSpecification, readSpecification, viewOf } from "@/agents/specification/read";
import { ContractTooLargeError } from "@/core/contract/compare-schemas";
import { changeOf, type SpecificationChange } from "@/core/specification/change";
import { SPECIFICATION_FILE } from "@/core/specification/limits";
import { runGit } from "@/lib/git/run";
import { withFolder } from "@/lib/insights/source";
import { WorkspaceError } from "@/lib/workspace/path";
import type { Arguments } from "@/scripts/cli/commands/act";
import type { Context, Flags } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { needsReader } from "@/scripts/cli/context/interrupt";
import { paint, print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";
import { specificationLines } from "./specification-lines";

export async function spec(context: Context, [given = "."]: Arguments, flags: Flags): Promise<number> {
  const folder = path.resolve(context.cwd, given);
  const revision = textFlag(flags, "against");
  needsReader();
  try {
    const root = rootAt(folder);
    const texts = await textsInFolder({ root, hiddenPaths: [] });
    if (texts.specification === null)
      throw new UsageError(
        `${folder} has no ${SPECIFICATION_FILE}: name the folder of a service that was made from requirements.`,
      );
    const read = await readSpecification(texts, "final");
    const change = revision === undefined ? null : await changeSince(root, revision, read);
    const view = viewOf(read);
    if (context.json) printJson({ ...view, ...(change && { change }) });
    else
      for (const line of specificationLines(view, change && { revision: revision ?? "", ...change }, paint))
        print(line);
    return view.faults.length > 0 || (change !== null && change.breaking > 0) ? 1 : 0;
  } catch (error) {
    if (error instanceof WorkspaceError) throw new UsageError(error.message);
    throw error;
  }
}

function rootAt(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    throw new UsageError(`There is no folder ${oneLine(folder)}: name the folder of a service.`);
  }
}

const REVISION = /^[A-Za-z0-9][A-Za-z0-9._/@{}~^-]{0,199}$/;

async function changeSince(root: string, revision: string, now: ReadSpecification): Promise<SpecificationChange> {
  if (!REVISION.test(revision))
    throw new UsageError(`--against cannot be "${oneLine(revision)}": name a commit, a branch or a tag.`);
  const before = await readSpecification(await textsOf(root, revision), "final");
  const then = versionOf(before, `At ${oneLine(revision)}`);
  try {
    return changeOf(then, versionOf(now, "In the folder"));
  } catch (error) {
    if (error instanceof ContractTooLargeError) throw new UsageError(error.message);
    throw error;
  }
}

function versionOf({ specification, contract }: ReadSpecification, when: string) {
  if (specification === null) throw new UsageError(`${when}, ${SPECIFICATION_FILE} cannot be read: mend it first.`);
  if (contract === null) throw new UsageError(`${when}, openapi.yaml is no valid document: mend it first.`);
  return { specification, contract };
}

/** Resolves with the files at a revision, which git looks up among the names of the folder's own repository. */
async function textsOf(root: string, revision: string) {
  const dir = mkdtempSync(path.join(tmpdir(), "banyan-spec-"));
  const signal = AbortSignal.timeout(60_000);
  try {
    return await withFolder(root, { branch: null, dir, signal }, async ({ gitDir, commit }) => {
      const found = await commitCalled({ root, revision, commit, gitDir });
      return textsAt({ gitDir, commit: found }, signal);
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

interface Called {
  root: string;
  revision: string;
  /** The one that is checked out. */
  commit: string;
  gitDir: string;
}

async function commitCalled({ root, revision, commit, gitDir }: Called): Promise<string> {
  const relative = /^(?:HEAD|@)((?:[~^]\d*)*)$/.exec(revision);
  const name = relative ? `${commit}${relative[1]}` : revision;
  const found = await runGit(["rev-parse", "--verify", "--quiet", `${name}^{commit}`], { gitDir }).catch(() => "");
  if (found !== "") return found.trim();
  // A branch is a name of the folder's repository, which the repository that borrows its objects does not know.
  const branch = await withFolder(
    root,
    { branch: revision, dir: path.dirname(gitDir), signal: AbortSignal.timeout(60_000) },
    async (source) => source.commit,
  ).catch(() => null);
  if (branch !== null) return branch;
  throw new UsageError(`There is no commit ${oneLine(revision)}: name a commit by its id, a branch, or HEAD~1.`);
}

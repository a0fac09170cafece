/** The folder of a new tree: a person's own, a copy of it, a clone of a repository, or an empty one. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "@/agents/application";
import { foldersIn } from "@/agents/configuration/workspace-roots";
import { copyOfSelf } from "@/agents/self/copy";
import type { Entry } from "@/core/log/entries";
import type { CopiedRepository } from "@/core/projects/repositories";
import { readsOnlySources } from "@/core/rules/own-runbooks";
import { SELF_URL } from "@/core/shapes/improving/self";
import { SAMPLE_URL } from "@/core/shapes/sample";
import type { Submission } from "@/core/shapes/submission";
import type { Store } from "@/db/store";
import { giveToTools } from "@/lib/process/tools-identity";
import type { RememberedGit } from "@/lib/workspace/git-around";
import { gitOf } from "@/lib/workspace/git-of-folder";
import { realPathOf, WorkspaceError } from "@/lib/workspace/path";
import { type PreparedWorkspace, prepareWorkspace } from "@/lib/workspace/prepare";
import type { CloneWorkspace } from "./clone-workspace";
import { copyWorkspace } from "./copy-workspace";

interface PlaceSources {
  store: Pick<Store, "queries">;
  dataDir: string;
  checkout: string;
  keyPaths: readonly string[];
  cloneWorkspace: CloneWorkspace;
  maxWorkspaceBytes: number;
}

interface Place {
  prepared: PreparedWorkspace;
  /** The folder that a person named, or the address or folder of which it is a copy; null: it begins empty. */
  address: string | null;
  /** Tells the agents what their folder contains. */
  origin: Entry[];
  /** The folder holds content from outside. */
  isTainted: boolean;
  /** For the folder that a person named, or a copy of it. */
  git?: RememberedGit;
}

/** Returns the tree's folder with its contents, which are there before the tree. The caller removes what a failure leaves. */
export async function placeFor(
  sources: PlaceSources,
  submission: Submission,
  uid: string,
  { runbook, mayName }: { runbook: string | undefined; mayName(folder: string): boolean },
): Promise<Place> {
  const named = workspaceFor(sources, submission.workspace, uid, submission.copy);
  const { repository, repositories } = submission;
  if (repositories) return placeBeside(sources, repositories, named, uid);
  if (repository) {
    const { text, from } = await cloned(sources, repository, named.root, uid);
    return {
      prepared: named,
      address: from,
      origin: [noteOf(`The folder is ${text}.`, from)],
      isTainted: from === repository.url && from !== SAMPLE_URL,
    };
  }
  const git = named.ownedByBanyan ? null : gitOf(named, mayName);
  if (!submission.copy || git === null) {
    const address = named.ownedByBanyan ? null : named.root;
    const origin = git?.why ? [saidOf(git.why)] : [];
    return { prepared: named, address, origin, isTainted: false, ...(git && { git }) };
  }
  const prepared = workspaceFor(sources, undefined, uid);
  const text = await copyWorkspace(named, prepared.root, {
    maxBytes: sources.maxWorkspaceBytes,
    onlySources: readsOnlySources(runbook),
    linked: git.linked,
  });
  return {
    prepared,
    address: named.root,
    origin: [
      noteOf(["The folder is ", text, ". The original stays as it is.", git.why && ` ${git.why}`].join(""), named.root),
    ],
    isTainted: sources.store.queries.folders.isTainted(named.root),
    // A copy has the repository in itself.
    git: { why: git.why, linked: null },
  };
}

/** Copies each repository into a folder of its own in the tree's folder. The first one says which repository the tree is of. */
async function placeBeside(
  sources: PlaceSources,
  repositories: NonNullable<Submission["repositories"]>,
  prepared: PreparedWorkspace,
  uid: string,
): Promise<Place> {
  const copies: CopiedRepository[] = [];
  const sentences = [`The folder holds copies of ${repositories.length} repositories side by side.`];
  let isTainted = false;
  for (const { folder, address: given, branch } of repositories) {
    const address = given.trim();
    const to = join(prepared.root, folder);
    await mkdir(to, { mode: 0o700 });
    giveToTools(to);
    const copied = address.startsWith("/")
      ? await copiedBeside(sources, address, to)
      : await cloned(sources, { url: address, ...(branch !== undefined && { branch }) }, to, uid);
    isTainted ||= !copied.from.startsWith("/") || sources.store.queries.folders.isTainted(copied.from);
    copies.push({ folder, address: copied.from });
    sentences.push(`The folder ${folder} is ${copied.text}.`);
  }
  const first = copies[0]?.address ?? "";
  const content = { type: "note" as const, text: sentences.join(" "), repository: first, copies };
  return { prepared, address: first, origin: [{ kind: "event", turn: 0, content }], isTainted };
}

async function copiedBeside(
  sources: PlaceSources,
  folder: string,
  to: string,
): Promise<{ text: string; from: string }> {
  const named = workspaceFor(sources, folder, "", true);
  const options = { maxBytes: sources.maxWorkspaceBytes, onlySources: false, linked: null };
  return { text: await copyWorkspace(named, to, options), from: named.root };
}

/** Throws UserError when the named folder is there and cannot be a workspace. Makes nothing. */
export function checkPlace(
  sources: PlaceSources,
  submission: Pick<Submission, "workspace" | "copy" | "repositories">,
): void {
  const { workspace, copy } = submission;
  for (const folder of foldersIn(submission))
    if (realPathOf(folder) !== null) workspaceFor(sources, folder, "", folder === workspace ? copy : true);
}

/** `repository`: the address or the folder of which the tree's folder is a copy. */
function noteOf(text: string, repository: string): Entry {
  return { kind: "event", turn: 0, content: { type: "note", text, repository } };
}

/** Told to the agents, too. */
function saidOf(text: string): Entry {
  return { kind: "event", turn: 0, content: { type: "note", text } };
}

function workspaceFor(sources: PlaceSources, folder: string | undefined, treeId: string, isCopied = false) {
  try {
    return prepareWorkspace({
      dataDir: sources.dataDir,
      treeId,
      request: folder ? { folder, isCopied } : {},
      checkout: sources.checkout,
      keyPaths: sources.keyPaths,
    });
  } catch (error) {
    if (error instanceof WorkspaceError) throw new UserError("invalid", error.message);
    throw error;
  }
}

/** Copies the repository. Returns what the folder is then, and what is recorded as its origin. */
async function cloned(
  { cloneWorkspace, dataDir }: PlaceSources,
  { url, branch }: { url: string; branch?: string },
  folder: string,
  uid: string,
): Promise<{ text: string; from: string }> {
  const repository = { url: url.trim(), ...(branch?.trim() && { branch: branch.trim() }) };
  const copy = await cloneWorkspace(folder, join(dataDir, "cache", uid), repository);
  const at = copy.commit === null ? "which has no commits yet" : `branch ${copy.branch} at ${copy.commit.slice(0, 12)}`;
  const text = `a copy of ${repository.url}, ${at}`;
  const isSelf = repository.url === SELF_URL && copy.commit !== null;
  return { text, from: isSelf ? copyOfSelf(copy.commit ?? "") : url };
}

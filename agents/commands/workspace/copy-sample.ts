/** Makes the repository of the sample in the tree's folder: the host copies the files, the sandbox commits them. */
import { SAMPLE_URL } from "@/core/shapes/sample";
import { type AgentRepository, gitCommand, shellInSandbox } from "@/lib/git/sandbox-git";
import { cleanCopy } from "@/lib/workspace/clean-copy";
import { WorkspaceError } from "@/lib/workspace/path";

const BRANCH = "main";
/** The sample is some thirty kilobytes. */
const MOST_BYTES = 1_000_000;
const AUTHOR = ["-c", "user.name=Banyan", "-c", "user.email=sample@banyan.invalid"];

/** `folder`: where the release has the sample's files. Throws a `WorkspaceError`, or the signal's reason. */
export async function copySample(
  target: AgentRepository,
  folder: string,
  wantedBranch: string | undefined,
): Promise<{ branch: string; commit: string }> {
  if (wantedBranch !== undefined && wantedBranch !== BRANCH)
    throw new WorkspaceError(`${SAMPLE_URL} has one branch, ${BRANCH}: name no branch.`);
  const { signal, parts, view } = target;
  await cleanCopy(folder, view.root, { hiddenPaths: [], maxBytes: MOST_BYTES, signal });
  const steps = [
    ["init", "-q", "--template=", "-b", BRANCH],
    ["add", "-A"],
    [...AUTHOR, "commit", "-q", "-m", "The bookshop of the sample"],
    ["rev-parse", "HEAD"],
  ];
  const { stdout } = await shellInSandbox(target, steps.map((args) => gitCommand(parts, args)).join(" && "));
  return { branch: BRANCH, commit: stdout.trim() };
}

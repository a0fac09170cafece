/** Begins the tree of an issue that was claimed. */
import { UserError } from "@/agents/application";
import { projectCalled } from "@/agents/projects/find-project";
import { isSeveral, repositoriesOf, wholeOf } from "@/agents/projects/repositories";
import { criterionOf, taskOf, troubleText } from "@/core/forges/texts";
import type { Submission } from "@/core/shapes/submission";
import type { StoredIssue } from "@/db/forges/stored";
import { EVERYTHING } from "@/lib/clean-room/scope";
import { placeBeside } from "./parts";
import { onceOf } from "./requests";
import { say } from "./say";
import type { Look } from "./sources";

export async function begin(look: Look, issue: StoredIssue): Promise<void> {
  const { store, link, maker } = look;
  try {
    await look.submit(submissionOf(look, issue), maker, onceOf(link, issue.number));
  } catch (error) {
    // A full disk or everything paused are passing faults.
    if (!(error instanceof UserError) || error.kind === "unavailable") throw error;
    const text = troubleText("Banyan could not begin:", error.message, null);
    // Each command that is refused is answered.
    await say(look, issue, { key: `not begun ${issue.seen.length}`, text });
    await store.forges.change(issue, { state: "failed", why: error.message });
    return;
  }
  await store.forges.change(issue, { state: "working" });
}

/** The work of an issue is a goal that the project's check shows, and a judge; without a confirmed check a judge alone. */
function submissionOf(look: Look, issue: StoredIssue): Submission {
  const { store, link } = look;
  const project = projectCalled(store.projects, link.project);
  const { check, setup } = wholeOf(store.projects, project);
  const { agent, model, cost_usd } = project.defaults;
  const asked = issue.asked === null ? null : { by: issue.askedBy, text: issue.asked };
  const beside = isSeveral(store.projects, project)
    ? repositoriesOf(store.projects, project).map((repository) => {
        const { path, cloneUrl } = repository.isOwn ? link : placeBeside(look, repository);
        return { ...repository, path, address: cloneUrl };
      })
    : null;
  return {
    task: taskOf(link, issue, asked, beside ?? []),
    ...(beside === null
      ? { repository: { url: link.cloneUrl, ...onBranch(project) } }
      : {
          repositories: beside.map(({ folder, address, branch }) => ({ folder, address, ...onBranch({ branch }) })),
        }),
    goal: {
      ...(check !== null && { validation_command: check }),
      ...(setup !== null && { setup_command: setup }),
      ...(agent !== undefined && { executor: agent }),
      criteria: [{ statement: criterionOf(link, issue) }],
      // An issue may be about any file, tests too; the pull request names the tests and settings that it changes.
      scope: [EVERYTHING],
    },
    ...(model !== undefined && { model }),
    ...(cost_usd !== undefined && { grant: { cost_usd } }),
  };
}

function onBranch({ branch }: { branch: string | null }) {
  return branch !== null && { branch };
}

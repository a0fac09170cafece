/** What a git call would do, for people who approve it. */
import type { Plan } from "@/agents/tools/contract/tool";
import { plural } from "@/core/words/figures";
import type { Workplace } from "@/lib/workplace/port";
import type { GitInput } from "./git-input";
import { folderNameOf } from "./open-repository";

/** Returns null for calls that only read, and for calls whose arguments say it all. */
export async function gitPlanOf(given: GitInput, workplace: Workplace | null): Promise<Plan | null> {
  const current = async () => workplace?.git.currentBranch(given.path ?? ".") ?? null;
  const plan = await PLANS[given.operation]?.(given, current);
  if (!plan) return null;
  const { does, parts, files = [] } = plan;
  const isElsewhere = given.path !== undefined && given.path !== "." && given.operation !== "clone";
  const all = [...(isElsewhere ? [["Repository", given.path] as const] : []), ...parts];
  return { does, parts: all.flatMap(([name, text]) => (text ? [{ name, text }] : [])), files };
}

interface GitPlan {
  does: string;
  /** Parts without a text are left out. */
  parts: (readonly [name: string, text: string | null | undefined])[];
  files?: string[];
}

type PlanOf = (given: GitInput, current: () => Promise<string | null>) => GitPlan | null | Promise<GitPlan>;

const PLANS: Partial<Record<GitInput["operation"], PlanOf>> = {
  branch: ({ branch, revision = "HEAD" }) =>
    branch === undefined
      ? null
      : {
          does: "Creates a branch.",
          parts: [
            ["Branch", branch],
            ["At", revision],
          ],
        },
  switch: async ({ branch, create, revision = "HEAD" }, current) => ({
    does: create ? "Creates a branch and switches to it." : "Switches to another branch.",
    parts: [
      ["Branch", branch],
      ["At", create ? revision : null],
      ["Now on", await current()],
    ],
  }),
  add: ({ files = [] }) => ({ does: `Stages ${plural(files.length, "path")} for the next commit.`, parts: [], files }),
  commit: async ({ all, message }, current) => ({
    does: all ? "Stages every changed file, and commits." : "Commits what is staged.",
    parts: [
      ["Branch", await current()],
      ["Message", message],
    ],
  }),
  merge: async ({ revision, on_conflict }, current) => ({
    does: `Merges into the current branch. On conflicts it ${on_conflict === "leave" ? "leaves them in the files" : "changes nothing"}.`,
    parts: [
      ["Merges", revision],
      ["Into", await current()],
    ],
  }),
  clone: ({ url = "", path }) => ({
    does: "Clones a repository into a new folder.",
    parts: [
      ["From", url],
      ["Into", path ?? folderNameOf(url)],
    ],
  }),
  fetch: ({ url }) => ({ does: "Fetches the commits of a repository.", parts: [["From", url]] }),
  push: ({ url, branch, commit }) => ({
    does: "Pushes one commit with its history, without force.",
    parts: [
      ["To", url],
      ["Branch", branch],
      ["Commit", commit],
    ],
  }),
  pull_request: ({ url, branch, base = "the default branch", title, body, draft }) => ({
    does: draft ? "Opens a draft pull request." : "Opens a pull request.",
    parts: [
      ["In", url],
      ["From", branch],
      ["Into", base],
      ["Title", title],
      ["Text", body],
    ],
  }),
};

/** The flag for repositories that appeared in a person's folder and would run programs there. */
import type { ToolOutcome } from "@/agents/tools/contract/tool";
import type { Workplace } from "@/lib/workplace/port";

/** Returns a flag for what appeared since the repositories were remembered; each is flagged once. */
export async function plantedFlag({ git }: Workplace, signal: AbortSignal): Promise<Pick<ToolOutcome, "flag">> {
  const planted = await git.plantedRepositories(signal);
  if (planted === null) return {};
  const { repositories, runs } = planted;
  const title = "A git repository in your folder would run programs";
  const detail = `A call created or changed ${repositories.length === 1 ? "a repository" : `${repositories.length} repositories`}. The next git command there obeys ${runs.slice(0, 5).join("; ")}. Inspect this before you use git there, or remove it.`;
  return { flag: { title, detail, evidence: repositories.join("\n") } };
}

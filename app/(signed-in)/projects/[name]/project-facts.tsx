import { Facts } from "@/components/ui/facts";
import { Clock } from "@/components/ui/time";
import type { Project } from "@/core/shapes/projects";
import { money, plural } from "@/core/words/figures";
import { missedText } from "@/core/words/plans/plans";

/** What a project is, and its figures. */
export function ProjectFacts({ project }: { project: Project }) {
  const { address, branch, check, setup, found, defaults, figures, estimates, schedules, created_by, created_at } =
    project;
  const { agent, model, cost_usd } = defaults;
  return (
    <Facts className="py-2 [&_dd]:wrap-anywhere">
      <dt>{found.is_git ? "Repository" : "Folder"}</dt>
      <dd>{address}</dd>
      {found.is_git ? (
        <>
          <dt>Branch</dt>
          <dd>{branch ?? "its default branch"}</dd>
        </>
      ) : (
        <>
          <dt>Git</dt>
          <dd>
            no repository, which branches, insights and an evolution need: run <code>git init</code> there and commit
          </dd>
        </>
      )}
      <dt>Check</dt>
      <dd>{check ? <code title={`By ${check.by}`}>{check.command}</code> : "not confirmed"}</dd>
      {setup === null ? null : (
        <>
          <dt>Setup</dt>
          <dd>
            <code>{setup}</code>
          </dd>
        </>
      )}
      <dt>New tasks</dt>
      <dd>
        {[
          agent ?? "agent chosen",
          model ?? "default model",
          cost_usd === undefined ? "default cap" : money(cost_usd),
        ].join(", ")}
      </dd>
      <dt>{figures.days} days</dt>
      <dd>
        {plural(figures.trees, "tree")}, {figures.failed} failed, {money(figures.cost_usd)}
      </dd>
      {estimates === null ? null : (
        <>
          <dt>Estimates</dt>
          <dd title="How far units of plans were from their estimate: half of them were closer. Counted are the newest 500 that succeeded.">
            {missedText(estimates)}
          </dd>
        </>
      )}
      <dt>Schedules</dt>
      <dd>{schedules}</dd>
      <dt>Added</dt>
      <dd>
        <Clock at={created_at} /> by {created_by}
      </dd>
    </Facts>
  );
}

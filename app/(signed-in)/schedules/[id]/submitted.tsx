import { Facts } from "@/components/ui/facts";
import type { Schedule, ScheduledSubmission } from "@/core/shapes/schedules";
import { grantText, plural } from "@/core/words/figures";
import { goalFacts } from "@/core/words/goals";

type Fact = [name: string, value: string | undefined];

/** What each time submits. */
export function Submitted({ schedule }: { schedule: Pick<Schedule, "submission" | "made_by" | "overlap"> }) {
  const { submission, made_by, overlap } = schedule;
  const { task, model, pool, checks_pool, rights, grant, goal, evolve } = submission;
  // An evolution runs once at a time, whatever the schedule says.
  const isSkipped = evolve !== undefined || overlap === "skip";
  const facts: Fact[] = [
    ...(evolve ? evolvedFacts(submission, evolve) : doneFacts(submission)),
    ...(goal ? goalFacts(goal) : []),
    ["Model", model],
    ...(evolve ? [] : placeFacts(submission)),
    ["Runs on", pool === null ? "this server" : pool && `the pool ${pool}`],
    ["Checked on", checks_pool && `the pool ${checks_pool}`],
    ["Grant", grant && grantText(grant)],
    ["Rights", rights?.join(", ")],
    ["Rights of", made_by],
    [`If its ${evolve ? "run" : "tree"} still runs`, isSkipped ? "Skips the time" : "Starts another tree beside it"],
  ];
  return (
    <>
      <p className="py-2 wrap-anywhere whitespace-pre-wrap">{task}</p>
      <Facts className="w-fit max-w-full">
        {facts.map(([name, value]) =>
          value ? (
            <div key={`${name} ${value}`} className="contents">
              <dt>{name}</dt>
              <dd className="wrap-anywhere">{value}</dd>
            </div>
          ) : null,
        )}
      </Facts>
    </>
  );
}

function evolvedFacts({ project }: ScheduledSubmission, { cycles }: { cycles: number }): Fact[] {
  return [["Evolves", `${project}, at most ${plural(cycles, "cycle")}`]];
}

function doneFacts({ agent, runbook, goal }: ScheduledSubmission): Fact[] {
  const doneBy = runbook ? `runbook ${runbook}` : (agent ?? "agent_selector chooses");
  return [["Done by", goal ? "pursued as a goal, in rounds" : doneBy]];
}

function placeFacts({ project, workspace, repository, repositories, copy }: ScheduledSubmission): Fact[] {
  const branched = (address: string, branch?: string) =>
    branch === undefined ? address : `${address}, branch ${branch}`;
  const one = repository && branched(repository.url, repository.branch);
  const several = repositories?.map(({ folder, address, branch }) => `${folder}: ${branched(address, branch)}`);
  return [
    ["Project", project],
    ["Folder", one ?? (copy && workspace ? `a copy of ${workspace}` : workspace)],
    ["Repositories", several?.join("; ")],
  ];
}

/** Computes what shows that each requirement holds at a commit, from facts that programs and judges left. Pure. */
import type { EnvironmentChecks } from "@/core/shapes/environments/environments";
import type { SpecificationView } from "./view";

type Criterion = SpecificationView["criteria"][number];
type Requirement = SpecificationView["requirements"][number];

/** What is known of one commit. */
export interface CommitFacts {
  /** Files of tests by the ids of criteria that they name. */
  named: ReadonlyMap<string, readonly string[]>;
  /** Why tests could not be searched, as a sentence; null: they were. */
  notSearched: string | null;
  /** The project's check; null: nobody has confirmed one. */
  check: string | null;
  /** Whether that check is known to have passed on exactly these files. */
  hasPassed: boolean;
  /** What goals found for exactly these files, by `statementOf` the criterion. */
  verdicts: ReadonlyMap<string, { met: boolean; evidence: string }>;
  /** The last checks of each environment that shows this commit, by its name. */
  checks: readonly { environment: string; checks: EnvironmentChecks }[];
}

/** `shown`: a program found that it holds. `judged`: a judge did. */
export type EvidenceState = "shown" | "judged" | "neither";

export interface CriterionEvidence {
  criterion: string;
  state: EvidenceState;
  /** Tests that name it. */
  files: string[];
  /** What shows it, or what is missing, in words. */
  text: string;
}

export interface RequirementEvidence {
  requirement: string;
  /** `shown` and `judged` need it of every criterion; one that is judged makes it `judged`. */
  state: EvidenceState;
  criteria: CriterionEvidence[];
}

export function evidenceOf(
  { requirements, criteria }: Pick<SpecificationView, "requirements" | "criteria">,
  facts: CommitFacts,
): RequirementEvidence[] {
  return requirements.map((requirement) => {
    const own = criteria.filter((one) => one.requirement === requirement.id);
    const found = own.map((criterion) => criterionEvidence(criterion, requirement, facts));
    return { requirement: requirement.id, state: stateOf(found), criteria: found };
  });
}

function stateOf(found: readonly CriterionEvidence[]): EvidenceState {
  if (found.length === 0 || found.some(({ state }) => state === "neither")) return "neither";
  return found.some(({ state }) => state === "judged") ? "judged" : "shown";
}

/** A goal keeps this much of a criterion's text, and of its statement. */
const MOST_TEXT = 500;
const MOST_STATEMENT = 1_000;

/** Returns the statement that a goal checks for a criterion of its service. */
export function statementOf({ id, requirement, text }: Pick<Criterion, "id" | "requirement" | "text">): string {
  return `${id} (${requirement}): ${text.slice(0, MOST_TEXT)}`.slice(0, MOST_STATEMENT);
}

type Found = Pick<CriterionEvidence, "state" | "text"> & { files?: readonly string[] };

function criterionEvidence(criterion: Criterion, requirement: Requirement, facts: CommitFacts): CriterionEvidence {
  const { files = [], ...found } = foundFor(criterion, requirement, facts);
  return { criterion: criterion.id, files: [...files], ...found };
}

function foundFor(criterion: Criterion, requirement: Requirement, facts: CommitFacts): Found {
  switch (criterion.check.kind) {
    case "test":
      return byTest(criterion, facts);
    case "contract":
      return byContract(facts);
    case "load":
      return byLoad(requirement, criterion, facts);
    case "command":
    case "judged":
      return byGoal(criterion, facts);
    default:
      return criterion.check.kind satisfies never;
  }
}

const neither = (text: string): Found => ({ state: "neither", text });

function byTest({ id }: Criterion, { named, notSearched, check, hasPassed }: CommitFacts): Found {
  if (notSearched !== null) return neither(notSearched);
  const files = named.get(id) ?? [];
  if (files.length === 0) return neither(`No test names ${id}.`);
  if (hasPassed) return { state: "shown", files, text: `A test names it, and the check passed: ${check}` };
  const why = check === null ? "the project has no check" : "the check has not run on this commit";
  return { state: "neither", files, text: `Named by a test; ${why}.` };
}

function byContract({ checks }: CommitFacts): Found {
  const [last] = newest(checks).filter(({ checks: { contract } }) => contract !== null);
  const contract = last?.checks.contract;
  if (!last || !contract) return neither("No environment with this commit was checked against the document.");
  if (contract.found > 0)
    return neither(`Checks of ${last.environment} found answers that the document does not allow: ${contract.found}.`);
  if (contract.requests === 0) return neither(`Checks of ${last.environment} sent no request.`);
  return {
    state: "shown",
    text: `${contract.requests} generated requests to ${last.environment}: every answer is as the document says.`,
  };
}

function newest(checks: CommitFacts["checks"]): CommitFacts["checks"] {
  return checks.toSorted((a, b) => (a.checks.at < b.checks.at ? 1 : -1));
}

/** Times that a load test measures, by the name of the measure. */
const MEASURED: Readonly<Record<string, "p50" | "p90" | "p95" | "p99">> = {
  latency_p50: "p50",
  latency_p90: "p90",
  latency_p95: "p95",
  latency_p99: "p99",
};
const MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000 };

function byLoad({ measure }: Requirement, { check }: Criterion, { checks }: CommitFacts): Found {
  if (!measure) return neither("The requirement has no number that a load test could show.");
  const key = MEASURED[measure.what];
  const unit = MS[measure.unit];
  if (key === undefined || unit === undefined || measure.is !== "at_most")
    return neither(`Load tests of environments measure latencies in ms or s, and not ${measure.what}.`);
  const operation = check.operation ?? measure.operation;
  const last = newest(checks).find(({ checks: { load } }) => load !== null && isOf(load.path, operation));
  const load = last?.checks.load;
  if (!last || !load) {
    const where = operation === undefined ? "" : ` at ${operation}`;
    return neither(`No environment with this commit was checked with load${where}.`);
  }
  const most = measure.number * unit;
  const figures = `${key} ${load.ms[key]} ms of ${most} ms in ${last.environment}, at ${load.requests_per_second} requests/s, ${load.errors} errors`;
  if (load.errors > 0 || load.ms[key] > most) return neither(`Above its number, or with errors: ${figures}.`);
  // A load is words in the specification, and a figure here.
  if (measure.at !== undefined)
    return neither(`Measured: ${figures}. The requirement says “at ${measure.at}”, which a person compares.`);
  return { state: "shown", text: `Measured: ${figures}.` };
}

/** Whether a load at a path is one of an operation. Load tests send GET. */
function isOf(path: string, operation: string | undefined): boolean {
  if (operation === undefined) return true;
  const [method, wanted = ""] = operation.split(" ", 2);
  const given = (path.split("?", 1)[0] ?? "").split("/");
  const parts = wanted.split("/");
  const isSame = (part: string, at: number) => part === given[at] || (part.startsWith("{") && given[at] !== "");
  return method === "GET" && parts.length === given.length && parts.every(isSame);
}

function byGoal(criterion: Criterion, { verdicts }: CommitFacts): Found {
  const verdict = verdicts.get(statementOf(criterion));
  const isJudged = criterion.check.kind === "judged";
  if (!verdict)
    return neither(
      isJudged ? "Nobody has judged this commit." : "No goal is known to have run its command on this commit.",
    );
  const said = verdict.evidence.slice(0, MOST_TEXT);
  if (!verdict.met) return neither(said === "" ? "It was found not to hold." : said);
  if (isJudged) return { state: "judged", text: said === "" ? "A judge found that it holds." : said };
  return { state: "shown", text: criterion.check.command ?? "Its command passed." };
}

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

/** Whether the checks show that a criterion is met, and where. */
export interface CriterionEvidence {
  /** Id of the criterion, such as `C1`. */
  criterion: string;
  state: EvidenceState;
  /** Tests that name it. */
  files: string[];
  /** What shows it, or what is missing, in words. */
  text: string;
}

/** Whether the checks show that a requirement is met. */
export interface RequirementEvidence {
  /** Id of the requirement, such as `R1`. */
  requirement: string;
  /** `shown` and `judged` need it of every criterion; one that is judged makes it `judged`. */
  state: EvidenceState;
  /** The same for each of its criteria. */
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
      return byContract(criterion, facts);
    case "load":
      return byLoad(requirement, facts);
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

function byContract({ check: { operation } }: Criterion, { checks }: CommitFacts): Found {
  const [last] = newest(checks).filter(({ checks: { contract } }) => contract !== null);
  const contract = last?.checks.contract;
  if (!last || !contract) return neither("No environment with this commit was checked against the document.");
  if (contract.found > 0)
    return neither(`Checks of ${last.environment} found answers that the document does not allow: ${contract.found}.`);
  if (contract.requests === 0) return neither(`Checks of ${last.environment} sent no request.`);
  // A service that refuses everybody gives only answers that the document allows.
  if (contract.accepted.length === 0)
    return neither(`No operation is known to have accepted a request of the checks of ${last.environment}.`);
  if (operation !== undefined && !contract.accepted.includes(operation))
    return neither(`${operation} accepted no request of the checks of ${last.environment}.`);
  return {
    state: "shown",
    text: `${contract.requests} generated requests to ${last.environment}: every answer is as the document says.`,
  };
}

function newest(checks: CommitFacts["checks"]): CommitFacts["checks"] {
  return checks.toSorted((a, b) => (a.checks.at < b.checks.at ? 1 : -1));
}

/** Checks of an environment measure the number of each requirement, at the load that it names. */
function byLoad({ id, measure }: Requirement, { checks }: CommitFacts): Found {
  if (!measure) return neither("The requirement has no number that a load test could show.");
  const measured = newest(checks).flatMap(({ environment, checks: { numbers } }) =>
    numbers.flatMap((one) => (one.requirement === id ? [{ environment, number: one }] : [])),
  );
  const [last] = measured;
  if (!last) return neither("No environment with this commit was checked, which measures it.");
  const { environment, number } = last;
  if (number.measured === null) return neither(number.why ?? `Checks of ${environment} did not measure it.`);
  const text = `Measured in ${environment}: ${number.measured} ${number.unit} of ${number.number} ${number.unit}${number.at === null ? "" : ` at ${number.at}`}.`;
  return number.holds === true ? { state: "shown", text } : neither(`It does not hold. ${text}`);
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

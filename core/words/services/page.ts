/** Services in words: what waits, its steps from specification to production, and its evidence. */
import type { Environment } from "@/core/shapes/environments/environments";
import type { PromotionsOfProject, Target } from "@/core/shapes/environments/promotions";
import type { ServiceQuestion } from "@/core/shapes/services/questions";
import type { ServiceView } from "@/core/shapes/services/view";
import type { ServiceWay } from "@/core/shapes/services/way";
import type { CriterionEvidence, EvidenceState, RequirementEvidence } from "@/core/specification/evidence";
import type { SpecificationView } from "@/core/specification/view";
import { duration, money, plural } from "@/core/words/figures";
import type { ShownStatus } from "@/core/words/status";

export const EVIDENCE_WORDS: Record<EvidenceState, string> = { shown: "Shown", judged: "Judged", neither: "Neither" };

export interface ServiceStep {
  name: string;
  /** null: there are no facts, so it has no sign. */
  status: ShownStatus | null;
  text: string;
}

export interface ServiceFacts {
  service: ServiceView;
  /** What trees ask that specify, make or change it. */
  questions: readonly ServiceQuestion[];
  environments: readonly Environment[];
  promotions: PromotionsOfProject;
}

/** Returns the steps from what a service has to do to where others reach it. */
export function serviceSteps({ service, questions, environments, promotions }: ServiceFacts): ServiceStep[] {
  const asked = (at: ServiceQuestion["step"]) => questions.filter(({ step }) => step === at).length;
  return [
    { name: "Specification", ...specificationStep(service, asked("specification")) },
    { name: "Blueprint", ...blueprintStep(service) },
    { name: "Built", ...waitingStep(builtStep(service), asked("building")) },
    { name: "Previews", ...previewStep(environments) },
    ...targetSteps(promotions),
  ];
}

type Step = Omit<ServiceStep, "name">;

/** A step in which something is asked waits for a person. */
function waitingStep({ status, text }: Step, asked: number): Step {
  return asked === 0 ? { status, text } : { status: "you", text: `${text}, ${plural(asked, "question")} open` };
}

function specificationStep({ specification }: ServiceView, asked: number): Step {
  if (specification === null)
    return asked === 0 ? { status: null, text: "None" } : { status: "you", text: `${plural(asked, "question")} open` };
  const { requirements, open_questions, faults } = specification;
  const text = plural(requirements, "requirement");
  // A tree asks for what its specification leaves open.
  if (asked > 0) return waitingStep({ status: null, text }, asked);
  if (open_questions > 0) return { status: "you", text: `${text}, ${plural(open_questions, "question")} open` };
  if (faults > 0) return { status: "failed", text: `${text}, ${plural(faults, "fault")}` };
  return { status: "succeeded", text };
}

function blueprintStep({ made }: ServiceView): Step {
  if (made === null) return { status: null, text: "Not made by Banyan" };
  const parts = made.parts.length === 0 ? "" : ` + ${plural(made.parts.length, "part")}`;
  return { status: "succeeded", text: `${made.blueprint}${parts}` };
}

function builtStep({ commit, contract, check }: ServiceView): Step {
  if (commit === null) return { status: null, text: "No commit yet" };
  const operations = contract?.operations ?? [];
  const examples = operations.filter(({ is_example }) => is_example).length;
  if (examples > 0)
    return { status: "ready", text: `${examples} of ${plural(operations.length, "operation")} to write` };
  if (check === null) return { status: null, text: "No check is set" };
  return check.has_passed
    ? { status: "succeeded", text: `Check passed at ${commit.slice(0, 7)}` }
    : { status: null, text: `Check not known to have run at ${commit.slice(0, 7)}` };
}

function previewStep(environments: readonly Environment[]): Step {
  if (environments.length === 0) return { status: null, text: "None" };
  const failed = environments.filter(({ state }) => state === "failed").length;
  const running = environments.filter(({ state }) => state === "running").length;
  const text = `${running} of ${environments.length} ${running === 1 ? "runs" : "run"}`;
  if (failed > 0) return { status: "failed", text: `${text}, ${failed} failed` };
  return { status: running > 0 ? "running" : "ready", text };
}

/** What is always named, because most services go there. */
const USUAL = ["staging", "production"];

function targetSteps({ targets, promotions }: PromotionsOfProject): ServiceStep[] {
  const others = targets.filter(({ name }) => !USUAL.includes(name)).map(({ name }) => name);
  const known = (name: string) => targets.some((target) => target.name === name);
  const names = others.length > 0 ? [...others, ...USUAL.filter(known)] : USUAL;
  return names.map((name) => {
    const target = targets.find((one) => one.name === name);
    const isAsked = promotions.some((one) => one.target === name && one.state === "asked");
    return { name: `${name[0]?.toUpperCase()}${name.slice(1)}`, ...targetStep(target, isAsked) };
  });
}

function targetStep(target: Target | undefined, isAsked: boolean): Step {
  if (!target) return { status: null, text: "No target" };
  const { commit, perhaps, since } = target;
  const version = commit?.slice(0, 7) ?? (perhaps && `Perhaps ${perhaps.slice(0, 7)}`);
  const text = version === null || since === null ? "Nothing yet" : `${version}, since ${dayOf(since)}`;
  if (isAsked) return { status: "you", text };
  return { status: commit !== null ? "succeeded" : perhaps !== null ? "failed" : null, text };
}

/** 17 Nov. UTC, so that server and browser say the same. */
function dayOf(at: string): string {
  return new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
}

/** What of a service waits for a person, each with the part of its page where it is. Questions of trees stand above all parts. */
export function waitingOf({
  service,
  questions,
  promotions,
}: ServiceFacts): { part: "environments" | "requirements" | "questions"; text: string }[] {
  const asked = promotions.promotions.filter(({ state }) => state === "asked").length;
  // What the specification leaves open is what a tree asks, or will ask.
  const open = questions.length > 0 ? 0 : (service.specification?.open_questions ?? 0);
  const of = (count: number, word: string) => (count === 1 ? `a ${word}` : `${count} ${word}s`);
  return [
    ...(questions.length > 0 ? [{ part: "questions" as const, text: of(questions.length, "question") }] : []),
    ...(asked > 0 ? [{ part: "environments" as const, text: of(asked, "promotion") }] : []),
    ...(open > 0 ? [{ part: "requirements" as const, text: of(open, "question") }] : []),
  ];
}

/** What is known beside what waits, as sentences. */
export function standingText({ environments, promotions }: ServiceFacts): string {
  const at = promotions.targets.flatMap(({ name, commit, perhaps }) =>
    commit !== null
      ? [`${name} has ${commit.slice(0, 7)}`]
      : perhaps !== null
        ? [`${name} has an unknown version, perhaps ${perhaps.slice(0, 7)}`]
        : [],
  );
  const failed = environments.filter(({ state }) => state === "failed").length;
  const parts = [...at, ...(failed > 0 ? [`${plural(failed, "environment")} failed`] : [])];
  const text = parts.join("; ");
  return text === "" ? "" : `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}

/** 9 shown, 1 judged, 1 neither. */
export function evidenceCounts(evidence: readonly RequirementEvidence[]): string {
  const states: EvidenceState[] = ["shown", "judged", "neither"];
  return states
    .map((state) => [state, evidence.filter((one) => one.state === state).length] as const)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`)
    .join(", ");
}

/** What shows a requirement, or what is missing: criteria that are not shown come first. */
export function evidenceLines({ criteria }: RequirementEvidence): CriterionEvidence[] {
  return criteria.toSorted((a, b) => Number(a.state !== "neither") - Number(b.state !== "neither"));
}

/** Facts about the way of a service, as names and values. */
export function wayFacts({ ms, waited_ms, cost_usd, steps }: ServiceWay): [string, string][] {
  const { answers, decisions, promotions } = steps;
  const kinds = [
    [answers, "answer"],
    [decisions, "decision"],
    [promotions, "promotion"],
  ] as const;
  const said = kinds.flatMap(([count, word]) => (count > 0 ? [plural(count, word)] : []));
  const sum = answers + decisions + promotions;
  return [
    ["Time", waited_ms > 0 ? `${duration(ms)}, ${duration(waited_ms)} of it waiting for people` : duration(ms)],
    ["Cost", money(cost_usd)],
    ["Steps by people", said.length > 1 ? `${sum}: ${said.join(", ")}` : (said[0] ?? "none")],
  ];
}

export function wayBeside({ target, reached_at }: ServiceWay): string {
  return target === null || reached_at === null
    ? "no target has it yet"
    : `to the first ${target}, ${dayOf(reached_at)}`;
}

/** How many gaps a trace has. */
export function gapCount({ trace }: SpecificationView): number {
  return [...trace.requirements, ...trace.operations].filter(({ gaps }) => gaps.length > 0).length;
}

/** The text of a task that shows a requirement. */
export function evidenceTask(
  { id, text }: { id: string; text: string },
  evidence: RequirementEvidence | undefined,
): string {
  const missing = evidence?.criteria.filter(({ state }) => state === "neither") ?? [];
  const lines = missing.map(({ criterion, text: why }) => `- ${criterion}: ${why}`);
  return [
    `Show that the service meets the requirement ${id}: ${text}`,
    missing.length === 0
      ? "The specification has no acceptance criterion for it: write what is missing, and say how it is shown."
      : `What is missing:\n${lines.join("\n")}`,
    "Begin the name of each test with the id of its criterion. Keep spec/ and openapi.yaml as they are.",
  ].join("\n\n");
}

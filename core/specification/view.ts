/** What pages and programs read of the specification of a service. */
import type { SpecificationFault } from "./fault";
import type { CheckKind, SpecifiedEntity } from "./specification";
import type { Trace } from "./trace";

/** The specification of a project, with the faults that were found in it. */
export interface SpecificationView {
  title: string;
  /** The text that it began with, as a person gave it. */
  source: string;
  /** What people asked to be different later, the first first. */
  changes: string[];
  /** The language of that text, such as `en`. */
  language: string;
  requirements: SpecificationRequirement[];
  ambiguities: SpecificationQuestion[];
  contradictions: SpecificationContradiction[];
  criteria: SpecificationCriterion[];
  entities: SpecifiedEntity[];
  operations: { key: string; summary: string; requirements: string[] }[];
  /** Requirements with their operations and checks, and the other way round, with what is missing. */
  trace: Trace;
  /** What is wrong, each as one sentence, with the ids, files or operations that it is about; empty: consistent. */
  faults: { code: SpecificationFault["code"]; about: string[]; text: string }[];
}

interface SpecificationRequirement {
  /** `R1` or `N1`. */
  id: string;
  text: string;
  /** `functional`: what the service does; `quality`: how well. */
  kind: "functional" | "quality";
  measure?: SpecificationMeasure | undefined;
}

interface SpecificationMeasure {
  /** Such as `latency_p95`. */
  what: string;
  /** Absent: all operations. */
  operation?: string | undefined;
  is: "at_most" | "at_least" | "exactly";
  number: number;
  unit: string;
  /** The load at which it is measured, such as `50 requests/s`. */
  at?: string | undefined;
}

interface SpecificationQuestion {
  /** `Q1`. */
  id: string;
  /** Ids of requirements. */
  about: string[];
  question: string;
  /** From 0 to 1: how much depends on the answer. */
  score: number;
  answers: string[];
  default: string;
  /** Absent: open. */
  answer?: string | undefined;
}

interface SpecificationContradiction {
  /** `X1`. */
  id: string;
  /** Ids of requirements. */
  between: string[];
  why: string;
  /** The question whose answer settles it. */
  question: string;
  /** How the answer settled it; absent: not yet. */
  settled?: string | undefined;
}

interface SpecificationCriterion {
  /** `C1`. */
  id: string;
  requirement: string;
  text: string;
  check: { kind: CheckKind; operation?: string | undefined; command?: string | undefined };
}

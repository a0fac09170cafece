/** What pages and programs read of the specification of a service. */
import type { SpecificationFault } from "./fault";
import type { CheckKind, SpecifiedEntity } from "./specification";
import type { Trace } from "./trace";

/** The specification of a project, with the faults that were found in it. */
export interface SpecificationView {
  /** Name of the service. */
  title: string;
  /** The text that it began with, as a person gave it. */
  source: string;
  /** What people asked to be different later, the first first. */
  changes: string[];
  /** The language of that text, such as `en`. */
  language: string;
  /** What the service has to do, and how well. */
  requirements: SpecificationRequirement[];
  /** What is not clear, as questions. */
  ambiguities: SpecificationQuestion[];
  /** Requirements that contradict each other. */
  contradictions: SpecificationContradiction[];
  /** What shows that the requirements hold. */
  criteria: SpecificationCriterion[];
  /** The things that it stores. */
  entities: SpecifiedEntity[];
  /** The operations of its OpenAPI document. */
  operations: {
    /** Method and path, such as `GET /orders`. */
    key: string;
    /** What the document says that it does. */
    summary: string;
    /** Ids of its requirements. */
    requirements: string[];
  }[];
  /** Requirements with their operations and checks, and the other way round, with what is missing. */
  trace: Trace;
  /** What is wrong, each as one sentence, with the ids, files or operations that it is about; empty: consistent. */
  faults: {
    /** What kind of fault it is, for programs. */
    code: SpecificationFault["code"];
    /** The ids, files or operations that it is about. */
    about: string[];
    /** What is wrong, as a sentence. */
    text: string;
  }[];
}

interface SpecificationRequirement {
  /** `R1` or `N1`. */
  id: string;
  /** The requirement in words. */
  text: string;
  /** `functional`: what the service does; `quality`: how well. */
  kind: "functional" | "quality";
  /** The number that it asks for; absent: none. */
  measure?: SpecificationMeasure | undefined;
}

interface SpecificationMeasure {
  /** Such as `latency_p95`. */
  what: string;
  /** Absent: all operations. */
  operation?: string | undefined;
  /** How what is measured has to compare with `number`. */
  is: "at_most" | "at_least" | "exactly";
  /** The number that is asked for. */
  number: number;
  /** Unit of the number, such as `ms`. */
  unit: string;
  /** The load at which it is measured, such as `50 requests/s`. */
  at?: string | undefined;
}

interface SpecificationQuestion {
  /** `Q1`. */
  id: string;
  /** Ids of requirements. */
  about: string[];
  /** The question in words. */
  question: string;
  /** From 0 to 1: how much depends on the answer. */
  score: number;
  /** Answers to choose from; empty: any answer. */
  answers: string[];
  /** Taken when nobody answers; empty: none. */
  default: string;
  /** Absent: open. */
  answer?: string | undefined;
}

interface SpecificationContradiction {
  /** `X1`. */
  id: string;
  /** Ids of requirements. */
  between: string[];
  /** What contradicts what, in words. */
  why: string;
  /** The question whose answer settles it. */
  question: string;
  /** How the answer settled it; absent: not yet. */
  settled?: string | undefined;
}

interface SpecificationCriterion {
  /** `C1`. */
  id: string;
  /** Id of its requirement. */
  requirement: string;
  /** What is true when it holds. */
  text: string;
  /** How it is checked. */
  check: {
    kind: CheckKind;
    /** The operation that is checked; absent: the whole service. */
    operation?: string | undefined;
    /** The command that checks it; absent for other kinds. */
    command?: string | undefined;
  };
}

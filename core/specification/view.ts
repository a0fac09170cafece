/** What pages and programs read of the specification of a service. */
import type { SpecificationFault } from "./fault";
import type { Ambiguity, Contradiction, Criterion, Measure, SpecifiedEntity } from "./specification";
import type { Trace } from "./trace";

export interface SpecificationView {
  title: string;
  /** The text that it began with, as a person gave it. */
  source: string;
  /** The language of that text, such as `en`. */
  language: string;
  requirements: SpecificationRequirement[];
  /** An ambiguity without `answer` is open. */
  ambiguities: Ambiguity[];
  contradictions: Contradiction[];
  criteria: Criterion[];
  entities: SpecifiedEntity[];
  operations: { key: string; summary: string; requirements: string[] }[];
  /** Requirements with their operations and checks, and the other way round, with what is missing. */
  trace: Trace;
  /** What is wrong, each as one sentence; empty: consistent. */
  faults: { code: SpecificationFault["code"]; about: string[]; text: string }[];
}

interface SpecificationRequirement {
  id: string;
  text: string;
  /** `functional`: what the service does; `quality`: how well. */
  kind: "functional" | "quality";
  measure?: Measure | undefined;
}

/** Services: projects that were made by Banyan, or that have a specification. */
import type { RequirementEvidence } from "@/core/specification/evidence";

/** `GET /services`: projects that are services. A repository that is elsewhere stands there as it was fetched last. */
export interface ServiceList {
  items: ServiceRow[];
  next: null;
}

/** A service in the list of services. */
export interface ServiceRow {
  /** Name of the project. */
  project: string;
  /** The blueprint that it was made from; null: it was not made by Banyan. */
  blueprint: string | null;
  /** Names of the parts that it was made with. */
  parts: string[];
  /** How many its specification has; null without one. */
  requirements: number | null;
  /** Environments that run. */
  running: number;
  /** Where its commits go, with what is there. */
  targets: {
    /** Name of the target. */
    name: string;
    /** Hash of the commit that it has; null: none of Banyan's, or it is unknown. */
    commit: string | null;
    /** Hash of the commit that it may have since a promotion failed; null: `commit` is known. */
    perhaps: string | null;
    /** When it got that commit, or may have got the other; null without one. */
    since: string | null;
  }[];
  /** Whether a promotion or a question of its specification waits for a person. */
  waits: boolean;
  /** Why its files could not be read, as a sentence; null: they were. */
  not_read: string | null;
}

/** `GET /services/:id`: a service as a commit has it. */
export interface ServiceView {
  /** Name of the project. */
  project: string;
  /** The end of the project's branch, at which everything was read; null before the first commit, or when it could not be read. */
  commit: string | null;
  /** What could not be read, and why: a sentence each. */
  not_read: string[];
  /** How Banyan made it; null: Banyan did not. */
  made: MadeFrom | null;
  /** Counts of its specification; null without one. */
  specification: {
    /** Number of requirements. */
    requirements: number;
    /** Number of questions that nobody has answered. */
    open_questions: number;
    /** Number of things that are wrong in it. */
    faults: number;
  } | null;
  /** null: it has no OpenAPI document. */
  contract: ServiceContract | null;
  /** The project's check, and whether it is known to have passed on exactly these files; null: nobody has confirmed one. */
  check: {
    /** The command of the check. */
    command: string;
    /** Whether it is known to have passed on exactly these files. */
    has_passed: boolean;
  } | null;
  /** What shows each requirement at the commit. */
  evidence: RequirementEvidence[];
  /** What changed for clients of a target; null: no target has a commit, or there is no document. */
  against: ContractAgainst | null;
}

/** The blueprint from which a service was made, and the choices. */
export interface MadeFrom {
  /** Name of the blueprint. */
  blueprint: string;
  /** Version of the blueprint that made it. */
  version: number;
  /** Names of the chosen parts. */
  parts: string[];
  /** The values that were set. */
  variables: Record<string, string | number>;
}

/** The contract of a service: its operations. */
export interface ServiceContract {
  /** The title in the OpenAPI document. */
  title: string;
  /** The version in the OpenAPI document. */
  version: string;
  /** The operations of the document. */
  operations: ServiceOperation[];
}

/** An operation of a service's contract, with the requirements that it meets. */
export interface ServiceOperation {
  /** Such as `GET /orders`. */
  key: string;
  /** What the document says that it does. */
  summary: string;
  /** Ids of requirements that it carries. */
  requirements: string[];
  /** Statuses that it answers with, such as `200` or `default`. */
  statuses: string[];
  /** Whether it still answers with an example: nobody has written it. */
  is_example: boolean;
}

/** How the contract of a service differs from that of one target. */
export interface ContractAgainst {
  /** Name of the target. */
  target: string;
  /** What the target has. */
  commit: string;
  /** How many differences there are. */
  count: number;
  /** The first 50, breaking ones first. */
  changes: {
    /** Whether it breaks clients. */
    breaking: boolean;
    /** What differs, as a sentence. */
    text: string;
  }[];
  /** Why the documents could not be compared, as a sentence; null: they were. */
  not_compared: string | null;
}

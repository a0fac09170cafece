/** What generated requests found, as plain data. */
import type { AnswerFaultCode } from "./exchange";

type FindingCode =
  | AnswerFaultCode
  /** A 5xx, to a valid or an invalid request. */
  | "server-error"
  /** A request that breaks the document was answered as if it were valid. */
  | "invalid-accepted"
  | "unknown-id-accepted"
  | "still-there-after-delete"
  | "created-not-found"
  | "connection-failed"
  | "answer-too-slow"
  | "answer-too-large"
  | "answer-malformed";

/** One request of a finding, and what was answered. */
export interface FindingStep {
  /** A command for a shell that sends it again. Headers that a person gave are variables in it. */
  curl: string;
  /** Null: no answer came. */
  status: number | null;
}

export interface ContractFinding {
  code: FindingCode;
  /** For example `POST /reports`. */
  operation: string;
  /** Where in the answer, or in the request that should have been refused. */
  place: string;
  /** The keyword of the schema that the answer breaks, or what is wrong with the request. */
  rule?: string;
  /** The part of the document that says so, as a JSON pointer. */
  pointer: string;
  text: string;
  /** In their order; the last one shows the finding. */
  steps: FindingStep[];
}

export type NoteCode =
  /** The document asks for something that is not generated. */
  | "not-generated"
  /** No valid request was accepted, so nothing is known about the good answer. */
  | "never-accepted"
  /** No resource could be made or listed, so requests had ids of the document's own examples, or invented ones. */
  | "no-resource"
  | "rate-limited"
  /** Requests or time ended before everything was tried. */
  | "cut-short";

export interface ContractNote {
  code: NoteCode;
  /** Null: the run as a whole. */
  operation: string | null;
  text: string;
}

export interface OperationTally {
  operation: string;
  requests: number;
  /** Whether a valid request was accepted. */
  accepted: boolean;
  /** Answers by their status. */
  statuses: Record<string, number>;
}

export interface ProbeReport {
  url: string;
  seed: number;
  requests: number;
  operations: OperationTally[];
  findings: ContractFinding[];
  notes: ContractNote[];
}

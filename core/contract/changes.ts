/** What differs between two versions of a contract, as facts with one sentence each. */

export type Side = "request" | "response";

/** A difference of two schemas. Codes and severities follow oasdiff, see docs/decisions/073-contracts.md. */
export type SchemaChange =
  | "type-changed"
  | "type-narrowed"
  | "type-widened"
  | "format-changed"
  | "became-nullable"
  | "became-not-nullable"
  | "became-enum"
  | "enum-dropped"
  | "enum-value-removed"
  | "enum-value-added"
  | "limit-tightened"
  | "limit-loosened"
  | "pattern-added"
  | "pattern-changed"
  | "pattern-removed"
  | "additional-properties-closed"
  | "additional-properties-opened"
  | "property-added"
  | "required-property-added"
  | "property-removed"
  | "property-became-required"
  | "property-became-optional"
  | "choice-removed"
  | "choice-added"
  | "default-changed"
  | "other-rules-changed";

export type OperationChange =
  | "operation-added"
  | "operation-removed"
  | "operation-moved"
  | "operation-deprecated"
  | "request-parameter-added"
  | "required-request-parameter-added"
  | "request-parameter-removed"
  | "request-parameter-became-required"
  | "request-parameter-became-optional"
  | "request-parameter-style-changed"
  | "request-body-added"
  | "required-request-body-added"
  | "request-body-removed"
  | "request-body-became-required"
  | "request-body-became-optional"
  | "request-media-type-added"
  | "request-media-type-removed"
  | "response-status-added"
  | "success-status-removed"
  | "error-status-removed"
  | "response-media-type-added"
  | "response-media-type-removed"
  | "response-header-added"
  | "response-header-removed"
  | "response-header-became-optional"
  | "response-header-became-required"
  | "security-added"
  | "security-choice-removed"
  | "security-choice-added"
  | "security-removed";

type ChangeCode = OperationChange | `${Side}-${SchemaChange}`;

export interface ContractChange {
  code: ChangeCode;
  breaking: boolean;
  /** The operations that it concerns, for example `GET /reports`. */
  operations: string[];
  /** A JSON pointer into the newer document; into the older one for what was removed. */
  pointer: string;
  text: string;
}

const SAFE_OPERATION_CHANGES: ReadonlySet<ChangeCode> = new Set<ChangeCode>([
  "operation-added",
  "operation-deprecated",
  "request-parameter-added",
  "request-parameter-became-optional",
  "request-body-added",
  "request-body-became-optional",
  "request-media-type-added",
  "response-status-added",
  "error-status-removed",
  "response-media-type-added",
  "response-header-added",
  "response-header-became-required",
  "security-choice-added",
  "security-removed",
]);

export function breaksOperation(code: OperationChange): boolean {
  return !SAFE_OPERATION_CHANGES.has(code);
}

/** Which side a change of a schema breaks: clients must not send less than before, nor expect more than they get. */
const BREAKS: Record<SchemaChange, readonly Side[]> = {
  "type-changed": ["request", "response"],
  "type-narrowed": ["request"],
  "type-widened": ["response"],
  "format-changed": ["request", "response"],
  "became-nullable": ["response"],
  "became-not-nullable": ["request"],
  "became-enum": ["request"],
  "enum-dropped": ["response"],
  "enum-value-removed": ["request"],
  "enum-value-added": ["response"],
  "limit-tightened": ["request"],
  "limit-loosened": ["response"],
  "pattern-added": ["request"],
  "pattern-changed": ["request"],
  "pattern-removed": [],
  "additional-properties-closed": ["request"],
  // Clients are expected to ignore fields that they do not know.
  "additional-properties-opened": [],
  "property-added": [],
  "required-property-added": ["request"],
  "property-removed": ["request", "response"],
  "property-became-required": ["request"],
  "property-became-optional": ["response"],
  "choice-removed": ["request"],
  "choice-added": ["response"],
  "default-changed": [],
  // Nobody can tell by comparing such rules, so a person looks.
  "other-rules-changed": ["request", "response"],
};

export function breaksSchema(side: Side, change: SchemaChange): boolean {
  return BREAKS[change].includes(side);
}

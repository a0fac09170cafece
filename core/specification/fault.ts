/** What can be wrong with a specification, as data. `words.ts` says each in a sentence. */

export type SpecificationFault =
  /** A file is missing, is no YAML, or does not have the form of its kind; `why` is a sentence. */
  | { code: "file"; file: string; why: string }
  | { code: "no_requirement" }
  | { code: "no_operation" }
  /** Two entries have one id. */
  | { code: "twice"; id: string }
  /** `by` names an id that no requirement, question or operation has. */
  | { code: "unknown_id"; by: string; id: string }
  | { code: "unknown_operation"; by: string; operation: string }
  | { code: "requirement_without_criterion"; id: string }
  | { code: "requirement_without_operation"; id: string }
  | { code: "operation_without_requirement"; operation: string }
  | { code: "entity_without_operation"; entity: string }
  | { code: "no_number"; id: string }
  /** The measure of a requirement says how well, so its id begins with N. */
  | { code: "number_of_function"; id: string }
  | { code: "load_without_number"; id: string; requirement: string }
  | { code: "no_default"; id: string }
  | { code: "default_not_offered"; id: string }
  | { code: "answered_early"; id: string }
  | { code: "nothing_to_choose"; id: string }
  /** Requirements that ask different numbers of one thing, and no contradiction names them. */
  | { code: "numbers_differ"; between: [string, string]; what: string }
  /** The question of a contradiction is not about one of its requirements. */
  | { code: "contradiction_not_asked"; id: string; question: string; requirement: string }
  | { code: "not_settled"; id: string }
  | { code: "not_asked"; id: string; question: string }
  /** A requirement was added or means something else, and every criterion of it is an old one. */
  | { code: "change_not_shown"; id: string }
  /** The specification is changed, and is as it was. */
  | { code: "nothing_changed" };

/** Returns the ids that a fault is about, for a page that shows it beside them. */
export function aboutOf(fault: SpecificationFault): string[] {
  switch (fault.code) {
    case "file":
      return [fault.file];
    case "no_requirement":
    case "no_operation":
    case "nothing_changed":
      return [];
    case "unknown_id":
    case "unknown_operation":
      return [fault.by];
    case "operation_without_requirement":
      return [fault.operation];
    case "entity_without_operation":
      return [fault.entity];
    case "numbers_differ":
      return [...fault.between];
    default:
      return [fault.id];
  }
}

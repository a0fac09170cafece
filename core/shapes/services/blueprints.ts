/** Blueprints, from which services are made: those that come with Banyan, and people's own. */

/** `GET /blueprints`. */
export interface BlueprintList {
  items: ListedBlueprint[];
  next: null;
}

/** A blueprint from which services are made. */
export interface ListedBlueprint {
  name: string;
  summary: string;
  /** `document`: an OpenAPI document or entities. */
  from: "document" | "nothing";
  /** The parts that it allows; some of them exclude each other, or need another. */
  parts: ListedPart[];
  /** What can be set beside those of its parts. */
  variables: ListedVariable[];
}

interface ListedPart {
  name: string;
  summary: string;
  /** What can be set when a service has the part; a variable of the blueprint with the same name counts more. */
  variables: ListedVariable[];
}

/** A value that a service gets when it is made. */
export type ListedVariable =
  | { name: string; summary: string; type: "integer"; default: number; least: number; most: number }
  /** `most`: in characters. */
  | { name: string; summary: string; type: "text"; default: string; most: number }
  | { name: string; summary: string; type: "choice"; default: string; choices: string[] };

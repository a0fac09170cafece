/** Blueprints, from which services are made: those that come with Banyan, and people's own. */

/** `GET /blueprints`. */
export interface BlueprintList {
  items: ListedBlueprint[];
  next: null;
}

/** A blueprint from which services are made. */
export interface ListedBlueprint {
  /** Name of the blueprint, or its folder. */
  name: string;
  /** What it makes, in one sentence. */
  summary: string;
  /** `document`: an OpenAPI document or entities. */
  from: "document" | "nothing";
  /** The parts that it allows; some of them exclude each other, or need another. */
  parts: ListedPart[];
  /** What can be set beside those of its parts. */
  variables: ListedVariable[];
}

interface ListedPart {
  /** Name of the part. */
  name: string;
  /** What the part adds, in one sentence. */
  summary: string;
  /** What can be set when a service has the part; a variable of the blueprint with the same name counts more. */
  variables: ListedVariable[];
}

/** A value that a service gets when it is made. */
export type ListedVariable =
  | {
      /** Name of the variable. */
      name: string;
      /** What it is for, in one sentence. */
      summary: string;
      /** What its value is. */
      type: "integer";
      /** Its value when nobody sets one. */
      default: number;
      /** The least value. */
      least: number;
      /** The most that it may be. */
      most: number;
    }
  /** `most`: in characters. */
  | {
      /** Name of the variable. */
      name: string;
      /** What it is for, in one sentence. */
      summary: string;
      /** What its value is. */
      type: "text";
      /** Its value when nobody sets one. */
      default: string;
      /** The most that it may be. */
      most: number;
    }
  | {
      /** Name of the variable. */
      name: string;
      /** What it is for, in one sentence. */
      summary: string;
      /** What its value is. */
      type: "choice";
      /** Its value when nobody sets one. */
      default: string;
      /** The values that it may have. */
      choices: string[];
    };

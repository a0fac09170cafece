/** Blueprints that come with Banyan, from which services are made. */

/** `GET /blueprints`. */
export interface BlueprintList {
  items: ListedBlueprint[];
  next: null;
}

export interface ListedBlueprint {
  name: string;
  summary: string;
  /** `document`: an OpenAPI document or entities. */
  from: "document" | "nothing";
  /** The parts that it allows; some of them exclude each other, or need another. */
  parts: { name: string; summary: string }[];
}

/** What a person has said of a new service, and the operation's input that it becomes. Pure. */
import type { ListedBlueprint, ListedVariable } from "@/core/shapes/services/blueprints";

export const WAYS = ["openapi", "entities", "requirements", "nothing"] as const;
/** What it is made from. */
export type Way = (typeof WAYS)[number];
/** The ways that begin with a text. */
export type TextWay = Exclude<Way, "nothing">;
type From = ListedBlueprint["from"];

/** Chosen in place of a blueprint's name: the one in `ownFolder`. No blueprint can be called so. */
export const OWN = "/";

export interface Wish {
  way: Way;
  /** What was typed or read for each way: choosing another one loses nothing. */
  texts: Record<TextWay, string>;
  /** The name of the blueprint, or `OWN`, for each kind of source; "" is the first one. */
  blueprints: Record<From, string>;
  ownFolder: string;
  /** All that were chosen, also those that another blueprint allows. */
  parts: string[];
  /** What was typed, by the names of the variables; the others have their defaults. */
  variables: Record<string, string>;
  folder: string;
  name: string;
}

export const EMPTY_WISH: Wish = {
  way: "openapi",
  texts: { openapi: "", entities: "", requirements: "" },
  blueprints: { document: "rest-api", nothing: "" },
  ownFolder: "",
  parts: [],
  variables: {},
  folder: "",
  name: "",
};

/** Returns what a blueprint has to be made from. */
export function fromOf(way: Way): From {
  return way === "nothing" ? "nothing" : "document";
}

/** Returns what is chosen in the list of these blueprints: one of their names, or `OWN`. */
export function choiceOf({ way, blueprints }: Wish, offered: readonly ListedBlueprint[]): string {
  return blueprints[fromOf(way)] || (offered[0]?.name ?? OWN);
}

/** Returns why a blueprint cannot be used for the way, as a sentence; null: it can. */
export function kindFault({ name, from }: ListedBlueprint, way: Way): string | null {
  if (from === fromOf(way)) return null;
  return from === "nothing"
    ? `The blueprint ${name} is made from nothing: choose “Starting point” above.`
    : `The blueprint ${name} is made from a document: choose another source above.`;
}

/** Returns the chosen parts that the blueprint allows. */
export function partsOf({ parts }: Wish, blueprint: ListedBlueprint): ListedBlueprint["parts"] {
  return blueprint.parts.filter(({ name }) => parts.includes(name));
}

/** Returns what can be set for the blueprint with its chosen parts. */
export function variablesOf(wish: Wish, blueprint: ListedBlueprint): ListedVariable[] {
  const known = new Map(blueprint.variables.map((variable) => [variable.name, variable]));
  for (const { variables } of partsOf(wish, blueprint))
    for (const variable of variables) if (!known.has(variable.name)) known.set(variable.name, variable);
  return [...known.values()];
}

/** Returns the text of a variable's field: what was typed, if it can be chosen, or the default. */
export function textOf(variable: ListedVariable, typed: string | undefined): string {
  const isOffered = typed !== undefined && (variable.type !== "choice" || variable.choices.includes(typed));
  return isOffered ? typed : String(variable.default);
}

/** Returns the value that is sent. A text that is no whole number is sent as it is, and refused with a sentence. */
function sentOf(variable: ListedVariable, typed: string | undefined): string | number {
  const text = textOf(variable, typed);
  return variable.type === "integer" && /^\s*-?\d+\s*$/.test(text) ? Number(text) : text;
}

/** Returns what all ways have in common. */
export function inputOf(wish: Wish, blueprint: ListedBlueprint, isOwn: boolean) {
  const { name, folder, ownFolder, variables } = wish;
  return {
    workspace: folder.trim(),
    blueprint: isOwn ? ownFolder.trim() : blueprint.name,
    with: partsOf(wish, blueprint).map((part) => part.name),
    variables: Object.fromEntries(
      variablesOf(wish, blueprint).map((variable) => [variable.name, sentOf(variable, variables[variable.name])]),
    ),
    ...(name.trim() !== "" && { name: name.trim() }),
  };
}

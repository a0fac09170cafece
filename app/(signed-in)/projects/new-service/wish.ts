/** What a person has said of a new service, and the operation's input that it becomes. Pure. */

export const WAYS = ["openapi", "entities", "requirements"] as const;
/** What it is made from. */
export type Way = (typeof WAYS)[number];

export interface Wish {
  way: Way;
  /** What was typed or read for each way: choosing another one loses nothing. */
  texts: Record<Way, string>;
  blueprint: string;
  parts: string[];
  folder: string;
  name: string;
}

export const EMPTY_WISH: Wish = {
  way: "openapi",
  texts: { openapi: "", entities: "", requirements: "" },
  blueprint: "rest-api",
  parts: [],
  folder: "",
  name: "",
};

/** Returns what all ways have in common. */
export function placeOf({ blueprint, parts, folder, name }: Wish) {
  return {
    workspace: folder.trim(),
    blueprint,
    with: parts,
    ...(name.trim() !== "" && { name: name.trim() }),
  };
}

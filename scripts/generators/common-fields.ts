/**
 * Descriptions of fields that mean the same in every shape, for `npm run shapes`. The comment at a type's field counts
 * more. A name belongs here only if its sentence is true of all its fields, also of those to come.
 */

interface CommonField {
  /** A sentence without its full stop. */
  says: string;
  /** What null means; absent: a field that can be null needs a comment of its own. */
  null?: string;
}

const COMMON_FIELDS: Readonly<Record<string, CommonField>> = {
  tree_id: { says: "Id of the tree, as in `/trees/{id}`" },
  task_id: { says: "Id of the task, as in `/tasks/{id}`" },
  created_at: { says: "When it was made" },
  started_at: { says: "When it began", null: "not yet" },
  ended_at: { says: "When it ended", null: "not yet" },
  sentence: { says: "What happened or what is wrong, in one sentence for people" },
  items: { says: "The items of this page" },
  next: { says: "Cursor of the next page", null: "this is the last one" },
  project: { says: "Name of the project, as in `/projects/{id}`" },
  branch: { says: "Name of the git branch" },
  cost_usd: { says: "Cost in US dollars" },
  tokens: { says: "Tokens of model calls, input and output together" },
  tokens_in: { says: "Input tokens, including those of a provider's cache" },
  tokens_out: { says: "Output tokens" },
  size_bytes: { says: "Size in bytes" },
  seconds: { says: "Duration in seconds" },
};

/** Returns the description of a field that has none of its own; undefined where its name does not say enough. */
export function commonDescription(name: string, canBeNull: boolean): string | undefined {
  const common = COMMON_FIELDS[name];
  if (!common || (canBeNull && common.null === undefined)) return undefined;
  return `${common.says}${canBeNull ? `; null: ${common.null}` : ""}.`;
}

/**
 * `service new` with requirements, and `service change`: begin the tree that specifies and finishes the service, and follow
 * it.
 */
import type { Arguments } from "@/scripts/cli/commands/act";
import { startAndFollow, submissionOf } from "@/scripts/cli/commands/run";
import type { Context, Flags } from "@/scripts/cli/context/context";
import { readFileText } from "@/scripts/cli/context/file-text";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { UsageError } from "@/scripts/cli/print/output";

/** Where a service is made, and like what. */
export interface Around {
  workspace: string;
  name?: string;
  blueprint?: string;
  with: string[];
  variables: Record<string, string | number>;
}

interface Requirements {
  sentence: string | undefined;
  /** A document or user stories, which may be somebody else's text. */
  file: string | undefined;
  around: Around;
}

export async function makeFromRequirements(
  context: Context,
  { sentence, file, around }: Requirements,
  flags: Flags,
): Promise<number> {
  if (textFlag(flags, "openapi") !== undefined || textFlag(flags, "entities") !== undefined)
    throw new UsageError("Give requirements or a document, not both: leave out --openapi and --entities.");
  const requirements = await textOf(context, sentence, file);
  if (requirements === "") throw new UsageError("The requirements are empty: say what the service has to do.");
  const { tree, chosen } = treeOf(context, file, flags);
  return startAndFollow(context, chosen, flags, ({ application }) =>
    application.commands.specifyService({ ...around, requirements, ...tree }),
  );
}

/** `service change`: begins the tree that changes what a service has to do, and follows it. */
export async function change(context: Context, [project, sentence]: Arguments, flags: Flags): Promise<number> {
  if (project === undefined) throw new UsageError("Name the project of the service: `npx banyan project` lists them.");
  const file = textFlag(flags, "requirements");
  const wanted = await textOf(context, sentence, file);
  if (wanted === "") throw new UsageError('Say what should be different: banyan service change shop "Orders …".');
  const { tree, chosen } = treeOf(context, file, flags);
  return startAndFollow(context, chosen, flags, ({ application }) =>
    application.commands.changeService({ id: project, change: wanted, ...tree }),
  );
}

/** Resolves with what was written on the command line and in a file, one after the other. */
async function textOf(context: Context, sentence: string | undefined, file: string | undefined): Promise<string> {
  const document = file === undefined ? "" : await readFileText(context, file);
  return [sentence ?? "", document].filter((text) => text.trim() !== "").join("\n\n");
}

/** Returns how the tree works: with which model, within which limits, and in which mode. Throws UsageError. */
function treeOf(context: Context, file: string | undefined, flags: Flags) {
  const { maxCostUsd, maxTokens, model: named } = flags;
  const { model, grant } = submissionOf(context, { maxCostUsd, maxTokens, model: named });
  const chosen = { ...(model !== undefined && { model }) };
  // A file may be somebody else's text.
  return {
    chosen,
    tree: { ...chosen, ...(file !== undefined && { outside: true }), ...(grant && { grant }), ...goalOf(flags) },
  };
}

const MODES = ["autonomous", "supervised"] as const;
const DELIVERED = ["branch", "commit", "nothing"] as const;

function goalOf(flags: Flags) {
  const executor = textFlag(flags, "executor");
  const most = numberFlag(flags, "maxIterations", { whole: true, least: 1, most: 10_000 });
  const mode = oneOf(flags, "mode", MODES);
  const delivery = oneOf(flags, "onSuccess", DELIVERED);
  return {
    ...(mode !== undefined && { mode }),
    ...(delivery !== undefined && { on_success: delivery }),
    ...(executor !== undefined && { executor }),
    ...(most !== undefined && { max_iterations: most }),
  };
}

function oneOf<Value extends string>(flags: Flags, name: string, values: readonly Value[]): Value | undefined {
  const given = textFlag(flags, name);
  const found = values.find((one) => one === given);
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (found === undefined && given !== undefined)
    throw new UsageError(`--${flag} cannot be "${given}": use ${values.slice(0, -1).join(", ")} or ${values.at(-1)}.`);
  return found;
}

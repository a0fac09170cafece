/** `service new` with requirements: begins the tree that specifies, makes and finishes the service, and follows it. */
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
  const document = file === undefined ? "" : await readFileText(context, file);
  const requirements = [sentence ?? "", document].filter((text) => text.trim() !== "").join("\n\n");
  if (requirements === "") throw new UsageError("The requirements are empty: say what the service has to do.");
  const { model, grant } = submissionOf(context, {
    maxCostUsd: flags.maxCostUsd,
    maxTokens: flags.maxTokens,
    model: flags.model,
  });
  const given = {
    ...around,
    requirements,
    ...(file !== undefined && { outside: true }),
    ...(model !== undefined && { model }),
    ...(grant && { grant }),
    ...goalOf(flags),
  };
  return startAndFollow(context, { ...(model !== undefined && { model }) }, flags, ({ application }) =>
    application.commands.specifyService(given),
  );
}

const MODES = ["autonomous", "supervised"] as const;

function goalOf(flags: Flags) {
  const given = textFlag(flags, "mode");
  const mode = MODES.find((one) => one === given);
  if (mode !== given) throw new UsageError(`--mode cannot be "${given}": use autonomous or supervised.`);
  const executor = textFlag(flags, "executor");
  const most = numberFlag(flags, "maxIterations", { whole: true, least: 1, most: 10_000 });
  return {
    ...(mode !== undefined && { mode }),
    ...(executor !== undefined && { executor }),
    ...(most !== undefined && { max_iterations: most }),
  };
}

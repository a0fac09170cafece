/** Makes the service of a consistent specification in a tree's folder. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@/agents/application";
import type { ToolContext } from "@/agents/tools/contract/tool";
import { viewOf } from "@/agents/tools/files/workspace-tool";
import type { Made } from "@/core/goals/service-goal";
import type { ServiceWish } from "@/core/log/goal";
import { MODEL_FILE, SPECIFICATION_FILE } from "@/core/specification/limits";
import type { Specification } from "@/core/specification/specification";
import { faultText } from "@/core/specification/words";
import { isTestFile } from "@/lib/test-reports/test-side";
import { WorkspaceError } from "@/lib/workspace/path";
import { settled } from "./check";
import type { Composed, SpecificationSources } from "./sources";

interface Wanted extends ServiceWish {
  answers: Readonly<Record<string, string>>;
  source: string;
}

const MOST_TEXT = 500;

/** Resolves with what was made. Called again after a crash, it goes on. Throws WorkspaceError with one sentence. */
export async function makeSpecified(
  sources: SpecificationSources,
  { answers, source, ...wish }: Wanted,
  context: ToolContext,
): Promise<Made> {
  const view = viewOf(context);
  const { read, texts } = await settled({ stage: "final", answers, source }, context);
  const { specification } = read;
  if (specification === null || read.faults.length > 0)
    throw new WorkspaceError(`The specification is not consistent: ${read.faults.map(faultText).join(" ")}`);
  const service = await composed(sources, wish, texts.openapi ?? "");
  const files = new Map([...service.files, [SPECIFICATION_FILE, texts.specification ?? ""]]);
  if (texts.model !== null) files.set(MODEL_FILE, texts.model);
  // The repository appears last, so with it everything is there.
  if (lstatSync(join(view.root, ".git"), { throwIfNoEntry: false }) === undefined)
    await sources.fill(view, files, { message: `Make ${wish.name} from its specification`, key: context.taskId });
  return toldOf(wish.name, view.root, service, specification);
}

async function composed(sources: SpecificationSources, wish: ServiceWish, openapi: string): Promise<Composed> {
  try {
    return await sources.compose(wish, openapi);
  } catch (error) {
    if (error instanceof UserError) throw new WorkspaceError(error.message);
    throw error;
  }
}

function toldOf(
  name: string,
  folder: string,
  { setup, check, operations, to_write, files }: Composed,
  { criteria }: Specification,
): Made {
  return {
    name,
    folder,
    setup,
    check,
    operations,
    to_write,
    // What shows that an operation answers with an example goes when somebody writes the operation.
    tests: [...files.keys()].filter((file) => isTestFile(file) && !(to_write.length > 0 && file.includes("to-write"))),
    criteria: criteria.map(({ id, requirement, text, check: shows }) => ({
      id,
      requirement,
      text: text.slice(0, MOST_TEXT),
      kind: shows.kind,
      ...(shows.kind === "command" && { command: shows.command }),
    })),
  };
}

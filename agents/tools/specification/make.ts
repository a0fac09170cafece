/** Makes the service of a consistent specification in a tree's folder. */
import { UserError } from "@/agents/application";
import type { ToolContext } from "@/agents/tools/contract/tool";
import { workplaceOf } from "@/agents/tools/files/workspace-tool";
import type { Made } from "@/core/goals/service/service-goal";
import type { ServiceChange, ServiceWish } from "@/core/log/goal";
import type { Version } from "@/core/specification/change";
import { MODEL_FILE, SPECIFICATION_FILE } from "@/core/specification/limits";
import type { Specification } from "@/core/specification/specification";
import { breakingLines, changeLines, faultText } from "@/core/specification/words";
import { isTestFile } from "@/lib/test-reports/test-side";
import { WorkspaceError } from "@/lib/workspace/path";
import { settled, versionBefore } from "./check";
import type { Composed, SpecificationSources } from "./sources";

interface Decided {
  answers: Readonly<Record<string, string>>;
  source: string;
}

const MOST_TEXT = 500;

/** Resolves with what was made. Called again after a crash, it goes on. Throws WorkspaceError with one sentence. */
export async function makeSpecified(
  sources: SpecificationSources,
  { answers, source, ...wish }: Decided & ServiceWish,
  context: ToolContext,
): Promise<Made> {
  const workplace = workplaceOf(context);
  const { texts, read } = await consistent({ answers, source }, context, null);
  const service = await asked(() => sources.compose(wish, texts.openapi ?? ""));
  const files = new Map([...service.files, [SPECIFICATION_FILE, texts.specification ?? ""]]);
  if (texts.model !== null) files.set(MODEL_FILE, texts.model);
  // The repository appears last, so with it everything is there.
  if (!(await workplace.git.isRepository()))
    await sources.fill(workplace.folder, files, {
      message: `Make ${wish.name} from its specification`,
      key: context.taskId,
    });
  return toldOf(wish.name, workplace.folder.root, service, read.whole.specification);
}

/**
 * Makes the service in the folder again of its changed specification, and commits nothing: the goal commits what it has finished.
 * Resolves with what was made. Called again after a crash, it goes on. Throws WorkspaceError with one sentence.
 */
export async function changeSpecified(
  sources: SpecificationSources,
  { service_change, answers, source }: Decided & { service_change: ServiceChange },
  context: ToolContext,
): Promise<Made> {
  const { files, folder } = workplaceOf(context);
  const before = await versionBefore(sources, context);
  const { read, change } = await consistent({ answers, source }, context, before);
  const again = await asked(() => sources.composeAgain(folder.root, service_change, context.signal));
  // What is written ends with the record: from then on, nothing knows what is still to be removed.
  for (const file of again?.removed ?? []) await files.remove(file);
  for (const [file, text] of again?.written ?? []) await files.write(file, text);
  const old = new Set(before.contract.operations.map(({ key }) => key));
  const operations = read.whole.operations.map(({ key }) => key);
  const isNew = (key: string) => !old.has(key);
  const service = {
    files: again?.files ?? new Map<string, string>(),
    setup: again?.setup ?? "",
    check: again?.check ?? "",
    operations: operations.length,
    // What was an example before may have been written since.
    to_write: again ? again.to_write.filter(isNew) : operations.filter(isNew),
  };
  return {
    ...toldOf(service_change.name, folder.root, service, read.whole.specification),
    change: {
      lines: change ? changeLines(change) : [],
      breaking: change ? breakingLines(change) : [],
      conflicts: again?.conflicts ?? [],
    },
  };
}

async function consistent({ answers, source }: Decided, context: ToolContext, before: Version | null) {
  const found = await settled({ stage: "final", answers, source }, context, before);
  const { specification, faults } = found.read;
  if (specification === null || faults.length > 0)
    throw new WorkspaceError(`The specification is not consistent: ${faults.map(faultText).join(" ")}`);
  return found;
}

async function asked<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
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

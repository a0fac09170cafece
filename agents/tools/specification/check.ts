/** Checks the specification in a tree's folder, and writes what only the host may say in it. */
import { stringify } from "yaml";
import { UserError } from "@/agents/application";
import { textsIn } from "@/agents/specification/files";
import { type ReadSpecification, readSpecification, type SpecificationTexts } from "@/agents/specification/read";
import type { ToolContext } from "@/agents/tools/contract/tool";
import { workplaceOf } from "@/agents/tools/files/workspace-tool";
import { ContractTooLargeError } from "@/core/contract/compare-schemas";
import type { CheckedSpecification } from "@/core/goals/service/specify";
import type { ServiceChange, ServiceWish } from "@/core/log/goal";
import { shown } from "@/core/services/document/parts";
import {
  answeredBefore,
  changeFaults,
  changeOf,
  type SpecificationChange,
  type Version,
} from "@/core/specification/change";
import type { Stage } from "@/core/specification/faults";
import { MODEL_FILE, MOST, OPENAPI_FILE, SPECIFICATION_FILE } from "@/core/specification/limits";
import { questionsOf, withAnswers } from "@/core/specification/questions";
import type { Specification, Whole } from "@/core/specification/specification";
import { breakingLines, changeLines, faultText } from "@/core/specification/words";
import { newId } from "@/lib/new-id";
import { CONFLICTS_FOLDER, WorkspaceError } from "@/lib/workspace/path";
import type { SpecificationSources } from "./sources";

export interface Given {
  stage: Stage;
  answers: Readonly<Record<string, string>>;
  source: string;
  /** The snapshot of the files before the writer worked; absent: the folder was empty. */
  begun?: string | undefined;
  /** The service that is to be made; absent: the one that is there changes. */
  service?: ServiceWish | undefined;
  service_change?: ServiceChange | undefined;
}

const MOST_FAULTS = 40;
const MOST_LINES = 60;
const MOST_OTHERS = 10;
/** What the writer of a specification may change. */
const OWN_FILES: ReadonlySet<string> = new Set([SPECIFICATION_FILE, MODEL_FILE, OPENAPI_FILE]);

export async function checkedSpecification(
  sources: SpecificationSources,
  given: Given,
  context: ToolContext,
): Promise<CheckedSpecification> {
  await requireOwnFilesOnly(sources, given, context);
  // What the repository has is no fault of the writer.
  const before = given.service_change ? await versionBefore(sources, context) : null;
  const found = await settled(given, context, before).catch((error: unknown) => {
    if (error instanceof WorkspaceError) return error;
    throw error;
  });
  // A file that is too large, no text, or a link: the writer made it, and can mend it.
  if (found instanceof WorkspaceError) return { faults: [found.message], questions: [], outline: "" };
  const { read, texts, change } = found;
  const faults = read.faults.map(faultText);
  if (faults.length === 0) faults.push(...(await refusals(sources, given, { texts, context })));
  const known = before && read.specification ? answeredBefore(before.specification, read.specification) : {};
  return {
    faults: faults.slice(0, MOST_FAULTS),
    questions: (read.specification ? questionsOf(read.specification) : []).filter(
      ({ id }) => !Object.hasOwn(known, id),
    ),
    outline: outlineOf(read.whole),
    ...(change && { change: { lines: changeLines(change), breaking: breakingLines(change) } }),
  };
}

/**
 * The service is made, and its work checked, by what is in the folder: its record, its blueprints, its packages. A writer that
 * could change these would choose what proves its own work. Ignored files count, because the writer can have a file ignored.
 * Throws WorkspaceError: the writer can remove no file, and a person may have worked in the folder meanwhile.
 */
async function requireOwnFilesOnly(
  { snapshots }: SpecificationSources,
  given: Pick<Given, "begun">,
  context: ToolContext,
): Promise<void> {
  const begun = given.begun ?? null;
  const request = { label: `specification-${context.taskId}-${newId()}`, previous: begun };
  const { commit } = await workplaceOf(context).snapshots.take(request, context.signal);
  const others = (await snapshots.changes(begun, commit))
    .map(({ path }) => path)
    .filter((path) => !OWN_FILES.has(path) && !path.startsWith(`${CONFLICTS_FOLDER}/`));
  if (others.length === 0) return;
  const named = others.slice(0, MOST_OTHERS).map((path) => JSON.stringify(path.slice(0, 200)));
  const more = others.length > named.length ? ` and ${others.length - named.length} more` : "";
  throw new WorkspaceError(
    `Until the service is made, only ${[...OWN_FILES].join(", ")} may change, but these files changed too: ${named.join(", ")}${more}. Put them back as they were, then continue the tree.`,
  );
}

/** Resolves with the specification and the document before a change. Throws WorkspaceError. */
export async function versionBefore(sources: SpecificationSources, context: ToolContext): Promise<Version> {
  const { specification, contract } = await readSpecification(
    await sources.before(workplaceOf(context).folder, context.signal),
    "final",
  );
  if (specification === null || contract === null)
    throw new WorkspaceError(
      `The newest commit has no ${SPECIFICATION_FILE} with an ${OPENAPI_FILE} that can be read: mend and commit them first.`,
    );
  return { specification, contract };
}

interface Settled {
  read: ReadSpecification;
  texts: SpecificationTexts;
  /** Null: there was no service before, or the files cannot be read. */
  change: SpecificationChange | null;
}

/**
 * Reads the files. In the end, they get the answers of a person and the text that they began with. `before`: the version that
 * changes, whose answers stay.
 */
export async function settled(
  { stage, answers, source }: Pick<Given, "stage" | "answers" | "source">,
  context: ToolContext,
  before: Version | null,
): Promise<Settled> {
  const { files } = workplaceOf(context);
  const texts = await textsIn(files);
  const first = await readSpecification(texts, stage);
  if (first.specification === null) return { read: first, texts, change: null };
  if (stage === "draft" && before === null) return { read: first, texts, change: null };
  const known = before ? answeredBefore(before.specification, first.specification) : {};
  const begun = source.slice(0, MOST.source);
  const told = before
    ? {
        source: before.specification.source,
        changes: [...before.specification.changes, source.slice(0, MOST.text)].slice(-MOST.changes),
      }
    : { source: begun };
  // While questions are open, only those that a person has answered before have an answer, which is none of the writer's.
  const specification =
    stage === "draft"
      ? withoutAnswers(first.specification, known)
      : { ...withAnswers(first.specification, { ...known, ...answers }), ...told };
  const text = stringify(specification, { aliasDuplicateObjects: false });
  if (stage === "final" && text !== texts.specification) await files.write(SPECIFICATION_FILE, text);
  const now = { ...texts, specification: text };
  const read = await readSpecification(now, stage);
  if (before === null || read.specification === null || read.contract === null)
    return { read, texts: now, change: null };
  const after = { specification: read.specification, contract: read.contract };
  const change = differences(before, after);
  const faults = [...read.faults, ...changeFaults(before.specification, after.specification, change)];
  return { read: { ...read, faults }, texts: now, change };
}

/** Throws WorkspaceError for documents that are too large to be compared. */
function differences(before: Version, after: Version): SpecificationChange {
  try {
    return changeOf(before, after);
  } catch (error) {
    if (error instanceof ContractTooLargeError) throw new WorkspaceError(error.message);
    throw error;
  }
}

/** Returns the specification without the answers that people have given to its questions. */
function withoutAnswers(specification: Specification, known: Readonly<Record<string, string>>): Specification {
  const ambiguities = specification.ambiguities.map(({ answer, ...question }) =>
    answer === undefined || Object.hasOwn(known, question.id) ? question : { ...question, answer },
  );
  return { ...specification, ambiguities };
}

/** Returns why no service can be made of the document, which the writer can mend. */
async function refusals(
  sources: SpecificationSources,
  { service, service_change }: Given,
  { texts, context }: { texts: SpecificationTexts; context: ToolContext },
): Promise<string[]> {
  try {
    if (service) await sources.compose(service, texts.openapi ?? "");
    else if (service_change)
      await sources.composeAgain(workplaceOf(context).folder.root, service_change, context.signal);
    return [];
  } catch (error) {
    if (error instanceof UserError) return [service ? `${OPENAPI_FILE}: ${error.message}` : error.message];
    throw error;
  }
}

/** Texts of strangers are shortened and on one line each. */
function outlineOf({ specification: { title, requirements }, operations }: Whole): string {
  const lines = [
    ...requirements.map(({ id, text }) => `${id}  ${shown(text)}`),
    "",
    ...operations.map(({ key, requirements: ids }) => `${shown(key)}  ${ids.join(", ")}`),
  ];
  const more = lines.length > MOST_LINES ? [`and ${lines.length - MOST_LINES} more lines in the files`] : [];
  return [shown(title), "", ...lines.slice(0, MOST_LINES), ...more].join("\n").trim();
}

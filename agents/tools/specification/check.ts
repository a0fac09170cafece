/** Checks the specification in a tree's folder, and writes what only the host may say in it. */
import { stringify } from "yaml";
import { UserError } from "@/agents/application";
import { textsInFolder } from "@/agents/specification/files";
import { type ReadSpecification, readSpecification, type SpecificationTexts } from "@/agents/specification/read";
import type { ToolContext } from "@/agents/tools/contract/tool";
import { viewOf } from "@/agents/tools/files/workspace-tool";
import type { CheckedSpecification } from "@/core/goals/specify";
import type { ServiceWish } from "@/core/log/goal";
import { shown } from "@/core/services/document/parts";
import type { Stage } from "@/core/specification/faults";
import { MOST, OPENAPI_FILE, SPECIFICATION_FILE } from "@/core/specification/limits";
import { questionsOf, withAnswers } from "@/core/specification/questions";
import type { Whole } from "@/core/specification/specification";
import { faultText } from "@/core/specification/words";
import { writeFileAtomically } from "@/lib/workspace/files";
import { WorkspaceError } from "@/lib/workspace/path";
import type { SpecificationSources } from "./sources";

export interface Given {
  stage: Stage;
  answers: Readonly<Record<string, string>>;
  source: string;
  service: ServiceWish;
}

const MOST_FAULTS = 40;
const MOST_LINES = 60;

export async function checkedSpecification(
  sources: SpecificationSources,
  given: Given,
  context: ToolContext,
): Promise<CheckedSpecification> {
  const found = await settled(given, context).catch((error: unknown) => {
    if (error instanceof WorkspaceError) return error;
    throw error;
  });
  // A file that is too large, no text, or a link: the writer made it, and can mend it.
  if (found instanceof WorkspaceError) return { faults: [found.message], questions: [], outline: "" };
  const { read, texts } = found;
  const faults = read.faults.map(faultText);
  if (faults.length === 0) faults.push(...(await refusals(sources, given.service, texts.openapi ?? "")));
  return {
    faults: faults.slice(0, MOST_FAULTS),
    questions: read.specification === null ? [] : questionsOf(read.specification),
    outline: outlineOf(read.whole),
  };
}

/** Reads the files. In the end, they get the answers of a person and the text that they began with. */
export async function settled(
  { stage, answers, source }: Omit<Given, "service">,
  context: ToolContext,
): Promise<{ read: ReadSpecification; texts: SpecificationTexts }> {
  const view = viewOf(context);
  const texts = await textsInFolder(view);
  const first = await readSpecification(texts, stage);
  if (stage === "draft" || first.specification === null) return { read: first, texts };
  const specification = { ...withAnswers(first.specification, answers), source: source.slice(0, MOST.source) };
  const text = stringify(specification, { aliasDuplicateObjects: false });
  if (text !== texts.specification) await writeFileAtomically(view, SPECIFICATION_FILE, text);
  const written = { ...texts, specification: text };
  return { read: await readSpecification(written, stage), texts: written };
}

/** Returns why no service can be made of the document, which the writer can mend. */
async function refusals(sources: SpecificationSources, wish: ServiceWish, openapi: string): Promise<string[]> {
  try {
    await sources.compose(wish, openapi);
    return [];
  } catch (error) {
    if (error instanceof UserError) return [`${OPENAPI_FILE}: ${error.message}`];
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

/** All files of a service that is made of a document, for a command of a person and for a tree that specified it. */
import path from "node:path";
import type { Blueprint, VariableValue } from "@/core/services/blueprints/blueprints";
import type { ServiceModel } from "@/core/services/model/model";
import { recordFiles } from "@/core/services/record";
import { blueprintFolders, composed, partsCalled, readModel, variablesOf } from "./compose";
import type { DocumentText } from "./document";

export interface ServiceGiven {
  name: string;
  /** A name, or the folder of a person's own blueprint. */
  blueprint: string;
  parts: readonly string[];
  variables: Record<string, VariableValue>;
}

export interface ServiceFiles {
  /** All of them by their paths, with the record of how they were made. */
  files: Map<string, string>;
  model: ServiceModel;
  blueprint: Blueprint;
}

/** Resolves with the files. `program`: the folder of the release, with its blueprints. Throws UserError. */
export async function serviceFiles(
  program: string,
  { name, blueprint: called, parts: names, variables: given }: ServiceGiven,
  { document, text }: DocumentText,
): Promise<ServiceFiles> {
  const { blueprint, folders } = blueprintFolders(called, [path.join(program, "blueprints")]);
  const { described } = blueprint;
  const parts = partsCalled(names, described, folders);
  const variables = variablesOf(described, parts, given);
  const model = readModel(document);
  const files = await composed({ name, blueprint, parts, variables, model, text });
  const about = {
    name,
    blueprint: {
      name: described.name,
      version: described.version,
      ...(path.isAbsolute(called) && { folder: called }),
    },
    parts: [...names],
    variables,
  };
  return { files: new Map([...files, ...recordFiles(about, files)]), model, blueprint: described };
}

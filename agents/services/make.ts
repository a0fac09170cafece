/** All files of a service that is made of a document, for a command of a person and for a tree that specified it. */
import path from "node:path";
import { UserError } from "@/agents/application";
import type { Blueprint, VariableValue } from "@/core/services/blueprints/blueprints";
import type { ServiceModel } from "@/core/services/model/model";
import { recordFiles } from "@/core/services/record";
import { blueprintFolders, composed, partsCalled, readModel, type ServiceSource, variablesOf } from "./compose";
import { documentFrom } from "./document";

export interface ServiceGiven {
  name: string;
  /** A name, or the folder of a person's own blueprint. */
  blueprint: string;
  parts: readonly string[];
  variables: Record<string, VariableValue>;
}

/** What a service is made from: the text of one of them, or of neither. */
export interface SourceGiven {
  openapi?: string | undefined;
  entities?: string | undefined;
}

export interface ServiceFiles {
  /** All of them by their paths, with the record of how they were made. */
  files: Map<string, string>;
  /** Null: the blueprint needs no document. */
  model: ServiceModel | null;
  blueprint: Blueprint;
}

/** Resolves with the files. `program`: the folder of the release, with its blueprints. Throws UserError. */
export async function serviceFiles(
  program: string,
  { name, blueprint: called, parts: names, variables: given }: ServiceGiven,
  from: SourceGiven,
): Promise<ServiceFiles> {
  const { blueprint, folders } = blueprintFolders(called, [path.join(program, "blueprints")]);
  const { described } = blueprint;
  const source = await sourceOf(from, described, name);
  const parts = partsCalled(names, described, folders);
  const variables = variablesOf(described, parts, given);
  const files = await composed({ name, blueprint, parts, variables, source });
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
  return {
    files: new Map([...files, ...recordFiles(about, files)]),
    model: source?.model ?? null,
    blueprint: described,
  };
}

/** Resolves with what the service is made from; null when its blueprint needs no document. Throws UserError. */
async function sourceOf(
  given: SourceGiven,
  { name: blueprint, from }: Blueprint,
  name: string,
): Promise<ServiceSource | null> {
  if (from === "nothing") {
    if (given.openapi === undefined && given.entities === undefined) return null;
    throw new UserError(
      "invalid",
      `The blueprint ${blueprint} is made from nothing: leave out the document and the entities.`,
    );
  }
  const { document, text } = await documentFrom(documentOf(given), name);
  return { text, model: readModel(document) };
}

function documentOf({ openapi, entities }: SourceGiven): { openapi: string } | { entities: string } {
  if (openapi !== undefined && entities !== undefined)
    throw new UserError("invalid", "Give an OpenAPI document or entities, not both.");
  if (openapi !== undefined) return { openapi };
  if (entities !== undefined) return { entities };
  throw new UserError(
    "invalid",
    "Say what the service is made from: the command takes --openapi FILE or --entities FILE, the HTTP API the fields openapi or entities.",
  );
}

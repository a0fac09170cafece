/** Puts a service together: which files it has, by their paths, from its document, its blueprint and its parts. */
import path from "node:path";
import { UserError, wrongField } from "@/agents/application";
import {
  type Blueprint,
  type BlueprintPart,
  combinationFault,
  type VariableValue,
  valueFault,
} from "@/core/services/blueprints/blueprints";
import { codeFiles, type Facts, factsOf } from "@/core/services/code";
import { DocumentError, withoutNullable } from "@/core/services/document/parts";
import { modelOf, type ServiceModel, schemesOf, securityScheme } from "@/core/services/model/model";
import { pagesOf } from "@/core/services/model/pages";
import { API_KEYS, packageFile, readmeFile, readmePieces } from "@/core/services/text/documents";
import { BlueprintError, blueprintNames, readBlueprint, readParts, type Stored } from "@/lib/blueprints/read";
import { formatted, render } from "@/lib/blueprints/render";

/** Some ten times what the largest documents in use need. */
const MOST_CODE_CHARACTERS = 4_000_000;
/** What a load balancer of AWS can be called. */
const MOST_LABEL_CHARACTERS = 32;
/** Templates of files whose names would mean something in the folder of the blueprint. */
const RENAMED: Record<string, string> = { _gitignore: ".gitignore", _dockerignore: ".dockerignore" };

export interface Wanted {
  name: string;
  blueprint: Stored<Blueprint>;
  parts: Stored<BlueprintPart>[];
  variables: Record<string, VariableValue>;
  /** Null: the blueprint needs no document. */
  source: ServiceSource | null;
}

export interface ServiceSource {
  model: ServiceModel;
  /** The document as it stays in the repository. */
  text: string;
}

export interface FoundBlueprint {
  blueprint: Stored<Blueprint>;
  /** The folders in which its parts are looked for, the nearest first. */
  folders: string[];
}

/** Returns a blueprint by its name in the first of the folders that has it, or by its own folder. Throws UserError about `blueprint`. */
export function blueprintFolders(called: string, folders: readonly string[]): FoundBlueprint {
  if (path.isAbsolute(called))
    return {
      blueprint: asField("blueprint", () => readBlueprint(called, folders)),
      folders: [path.dirname(called), ...folders],
    };
  const folder = asField("blueprint", () => folders.find((one) => blueprintNames(one).includes(called)));
  if (folder === undefined) {
    const known = folders.flatMap(blueprintNames);
    throw wrongField(
      "blueprint",
      `There is no blueprint ${JSON.stringify(called.slice(0, 100))}: use ${known.join(", ")}.`,
    );
  }
  const blueprint = asField("blueprint", () => readBlueprint(path.join(folder, called), folders));
  return { blueprint, folders: [...folders] };
}

/** Returns all parts that the folders have; the nearest folder counts more. Throws UserError about `with`. */
export function knownParts(folders: readonly string[]): Map<string, Stored<BlueprintPart>> {
  return new Map(asField("with", () => folders.toReversed().flatMap((folder) => [...readParts(folder)])));
}

/** Returns the parts of these names. Throws UserError about `with` for a combination that is not allowed. */
export function partsCalled(
  names: readonly string[],
  blueprint: Blueprint,
  folders: readonly string[],
): Stored<BlueprintPart>[] {
  const known = knownParts(folders);
  const fault = combinationFault(
    blueprint,
    names,
    new Map([...known].map(([name, { described }]) => [name, described])),
  );
  if (fault !== null) throw wrongField("with", fault);
  return names.flatMap((name) => known.get(name) ?? []);
}

/** Returns the values of all variables: the given ones and the defaults of the others. Throws UserError about each wrong one, as `variables.NAME`. */
export function variablesOf(
  blueprint: Blueprint,
  parts: readonly Stored<BlueprintPart>[],
  given: Record<string, VariableValue>,
): Record<string, VariableValue> {
  const known = Object.assign(
    {},
    ...parts.map(({ described }) => described.variables),
    blueprint.variables,
  ) as Blueprint["variables"];
  const issues = Object.entries(given).flatMap(([name, value]) => {
    const variable = Object.hasOwn(known, name) ? known[name] : undefined;
    if (variable === undefined)
      throw wrongField("variables", `There is no variable ${name}: use ${Object.keys(known).join(", ")}.`);
    const fault = valueFault(variable, value);
    return fault === null ? [] : [{ path: ["variables", name], message: `The variable ${name} ${fault}.` }];
  });
  if (issues.length > 0)
    throw new UserError("invalid", issues.map(({ message }) => message).join(" "), undefined, issues);
  return Object.fromEntries(Object.entries(known).map(([name, variable]) => [name, given[name] ?? variable.default]));
}

/** Returns what is said of the service in a document. Throws UserError about `openapi`. */
export function readModel(document: Record<string, unknown>): ServiceModel {
  try {
    const isOld = String(document.openapi).startsWith("3.0");
    return modelOf(isOld ? document : withoutNullable(document));
  } catch (error) {
    if (error instanceof DocumentError) throw wrongField("openapi", error.message);
    throw error;
  }
}

/** Resolves with all files of the service except its record, by their paths. Throws UserError. */
export async function composed(wanted: Wanted): Promise<Map<string, string>> {
  const { name, blueprint, parts, variables, source } = wanted;
  const described = parts.map((part) => part.described);
  const code = codeOf(source?.model ?? null, blueprint.described, described);
  const facts: Facts = {
    ...factsOf(source?.model ?? null, blueprint.described, described, code),
    name,
    label: labelOf(name),
    variables,
  };
  const settings = settingsOf(wanted, facts);
  facts.required_settings = Object.keys(settings).filter((key) => typeof settings[key] !== "string");
  const readme = readmePieces(
    { name, blueprint: blueprint.described },
    settings,
    described.flatMap((part) => rendered(part, part.readme, facts)),
  );
  const files = new Map<string, string>(source === null ? [] : [["openapi.yaml", source.text]]);
  for (const stored of [blueprint, ...parts])
    for (const [file, content] of templatesOf(stored, { ...facts, readme })) files.set(file, content);
  for (const [file, content] of code) files.set(file, content);
  for (const [file, content] of files) if (file.endsWith(".ts")) files.set(file, await formatted(content));
  if (source !== null) {
    const [about = ""] = rendered(blueprint.described, blueprint.described.readme, facts);
    const said = { name, blueprint: blueprint.described, parts: described, model: source.model };
    files.set("README.md", readmeFile({ ...said, port: Number(variables.port), about, pieces: readme }));
  }
  files.set("package.json", packageFile({ name, blueprint: blueprint.described, parts: described }));
  return files;
}

/** Returns the name as clusters and clouds take it: short, with dashes only. */
function labelOf(name: string): string {
  const label = `${/^[a-z]/.test(name) ? "" : "s-"}${name.replace(/[^a-z0-9]+/g, "-")}`;
  return label.slice(0, MOST_LABEL_CHARACTERS).replace(/-+$/, "");
}

/** Returns the code that is written from the document. Throws UserError for one that the blueprint cannot serve. */
function codeOf(model: ServiceModel | null, blueprint: Blueprint, parts: readonly BlueprintPart[]) {
  if (model === null) return new Map<string, string>();
  if (model.resources.length === 0 && parts.some(({ provides }) => provides === "storage"))
    throw wrongField("with", "Nothing that the document describes can be stored: leave out the part that stores.");
  if (blueprint.code === "openapi-typescript-pages") requirePages(model);
  if (parts.some(({ traits }) => traits.includes("checks_tokens"))) requireTokens(model);
  const code = codeFiles(model, blueprint, parts);
  const characters = [...code.values()].reduce((sum, { length }) => sum + length, 0);
  if (characters > MOST_CODE_CHARACTERS)
    throw wrongField("openapi", "The document describes too much for one service: make services of parts of it.");
  return code;
}

/** Throws UserError for a document whose items people cannot see in pages. */
function requirePages(model: ServiceModel): void {
  if (model.isSecured)
    throw wrongField(
      "blueprint",
      "The document asks for keys, which a browser does not send: use the blueprint rest-api, or remove security from the document.",
    );
  if (pagesOf(model).length === 0)
    throw wrongField(
      "blueprint",
      "The document has no resource whose items can be listed and read, so there are no pages: use the blueprint rest-api.",
    );
}

/** Throws UserError for a document with keys that are no tokens of a provider. */
function requireTokens({ document, operations }: ServiceModel): void {
  const names = operations.flatMap((operation) => schemesOf(document, operation).flat());
  const other = names.find((name) => {
    const { type, scheme } = securityScheme(document, name);
    return !(type === "oauth2" || type === "openIdConnect" || (type === "http" && /^bearer$/i.test(String(scheme))));
  });
  if (other !== undefined)
    throw wrongField(
      "with",
      `The document asks for ${JSON.stringify(other.slice(0, 100))}, which is no bearer token: leave out the part oidc, or describe a bearer token in the document.`,
    );
}

/** Returns the settings of the blueprint and of its parts, with what they mean rendered. */
function settingsOf({ blueprint, parts }: Wanted, facts: Facts): Blueprint["settings"] {
  const all = [blueprint, ...parts].flatMap(({ described }) =>
    Object.entries(described.settings).map(([key, setting]) => {
      const name = `${described.name}: settings.${key}`;
      const shown = (text: string) => asField("blueprint", () => render(name, text, facts));
      return [
        key,
        typeof setting === "string"
          ? shown(setting)
          : { meaning: shown(setting.meaning), example: shown(setting.example) },
      ] as const;
    }),
  );
  return { ...Object.fromEntries(all), ...(facts.keys === true && API_KEYS) };
}

function rendered({ name }: Blueprint | BlueprintPart, text: string | undefined, facts: Facts): string[] {
  return text === undefined ? [] : [asField("blueprint", () => render(`${name}: readme`, text, facts))];
}

function templatesOf({ described, files }: Stored<Blueprint | BlueprintPart>, facts: Facts): [string, string][] {
  return [...files].flatMap(([template, content]) => {
    const file = template.replace(/\.liquid$/, "");
    const conditions = described.files.filter(({ path: of }) => of === file);
    const isMade = conditions.every(
      ({ when, unless }) =>
        (when === undefined || facts[when] === true) && (unless === undefined || facts[unless] !== true),
    );
    if (!isMade) return [];
    const text =
      template === file
        ? content
        : asField("blueprint", () => render(`${described.name}: ${template}`, content, facts));
    return [[placeOf(file), text]];
  });
}

function placeOf(file: string): string {
  const name = path.posix.basename(file);
  const renamed = Object.hasOwn(RENAMED, name) ? RENAMED[name] : undefined;
  return renamed === undefined ? file : path.posix.join(path.posix.dirname(file), renamed);
}

function asField<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BlueprintError) throw wrongField(field, error.message);
    throw error;
  }
}

/** The files of a service that are no code of its operations: README, package.json and migrations. */
import type { Blueprint, BlueprintPart } from "@/core/services/blueprints/blueprints";
import type { Resource } from "@/core/services/document/resources";
import { type ServiceModel, schemesOf, securityScheme } from "@/core/services/model/model";
import { inMarkdown, markdownCode } from "./literals";

export interface Described {
  name: string;
  blueprint: Blueprint;
  parts: readonly BlueprintPart[];
  model: ServiceModel;
  port: number;
  /** What the README says of the blueprint, and of each part; rendered. */
  about: string;
  pieces: ReadmePieces;
}

/** Parts of a README that follow from the blueprint and its parts, as Markdown. */
export interface ReadmePieces {
  /** The commands that set what has to be set; empty, or with a line's end. */
  exports: string;
  settings: string;
  /** With its heading; empty when no part says something. */
  elsewhere: string;
  made: string;
}

export function packageFile({ name, blueprint, parts }: Pick<Described, "name" | "blueprint" | "parts">): string {
  const merged = (field: "packages" | "dev_packages") => {
    const all = Object.assign({}, blueprint[field], ...parts.map((part) => part[field])) as Record<string, string>;
    return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return `${JSON.stringify(
    {
      name,
      version: "0.1.0",
      private: true,
      type: "module",
      engines: { node: ">=20.20" },
      ...(blueprint.traits.includes("command") && { bin: { [name]: "dist/main.js" } }),
      scripts: Object.assign({}, blueprint.scripts, ...parts.map((part) => part.scripts)) as Record<string, string>,
      dependencies: merged("packages"),
      devDependencies: merged("dev_packages"),
    },
    null,
    2,
  )}\n`;
}

/** `settings` and `paragraphs` are those of the blueprint and of all parts, rendered. */
export function readmePieces(
  { name, blueprint }: Pick<Described, "name" | "blueprint">,
  settings: Blueprint["settings"],
  paragraphs: readonly string[],
): ReadmePieces {
  const rows = Object.entries(settings).map(([key, setting]) =>
    typeof setting === "string" ? `| \`${key}\` | ${setting} |` : `| \`${key}\` | ${setting.meaning}; required |`,
  );
  const required = Object.entries(settings).flatMap(([key, setting]) =>
    typeof setting === "string" ? [] : [`export ${key}=${setting.example}\n`],
  );
  return {
    exports: required.join(""),
    settings: ["| variable | meaning |", "| --- | --- |", ...rows].join("\n"),
    elsewhere: paragraphs.length === 0 ? "" : ["## Its parts", ...paragraphs].join("\n\n"),
    made: `## Made by Banyan\n\n\`banyan service upgrade .\` makes the generated files again from ${blueprint.from === "document" ? "openapi.yaml and " : ""}the newest blueprint ${inMarkdown(blueprint.name)}, and keeps your own changes. \`.banyan/service.json\` says from what ${inMarkdown(name)} was made.`,
  };
}

/** The setting of a service whose document asks for keys. */
export const API_KEYS: Blueprint["settings"] = {
  API_KEYS: { meaning: "the keys that callers may use, with commas between them", example: "choose-a-key" },
};

/** Returns the README of a service that is made from a document. */
export function readmeFile({ blueprint, parts, model, port, about, pieces }: Described): string {
  const isStored = model.resources.length > 0;
  const sections = [
    `# ${inMarkdown(model.title)}`,
    "This service answers what [openapi.yaml](openapi.yaml) says. Routes and the checks of requests are read from that file when it starts.",
    "A new field to keep, a value that no two items share, and another path of its server take `banyan service upgrade`.",
    "## Start",
    `\`\`\`sh\n${blueprint.setup}\n${pieces.exports}npm run build\nnpm start\n\`\`\``,
    `It then answers at \`http://127.0.0.1:${port}${model.base}\`, and at \`/healthz\` that it runs. \`npm run dev\` starts it from its source and again after each change. \`${blueprint.check}\` runs types, linter and tests.`,
    "## Settings",
    pieces.settings,
    "## What it does",
    ...(isStored ? [resourceTable(model.resources), storageText(parts)] : []),
    ...(about === "" ? [] : [about]),
    ...unwrittenSection(model),
    ...(parts.some(({ traits }) => traits.includes("checks_tokens")) ? [] : securitySection(model)),
    "## Errors",
    `An error is a problem document (RFC 9457, \`application/problem+json\`)${model.hasErrorSchemas ? "; where openapi.yaml has a JSON form of its own for an error, it is answered in that form" : ""}. A request that the document does not allow is answered 400, or 422 where only that is documented; a body of a media type that it does not take 415 where the document has that; a missing item 404; a value that another item has 409.`,
    ...(pieces.elsewhere === "" ? [] : [pieces.elsewhere]),
    pieces.made,
  ];
  return `${sections.join("\n\n")}\n`;
}

function resourceTable(resources: readonly Resource[]): string {
  const rows = resources.flatMap((resource) =>
    resource.does.map(({ operation, does }) => {
      const ignored =
        does.kind === "list" && does.ignored.length > 0
          ? `; accepts and ignores ${does.ignored.map(markdownCode).join(", ")}`
          : "";
      return `| ${markdownCode(operation.key)} | ${WORDS[does.kind]}${ignored} |`;
    }),
  );
  return ["| operation | what it does with what is stored |", "| --- | --- |", ...rows].join("\n");
}

const WORDS = {
  list: "lists items, oldest first",
  create: "creates an item",
  read: "reads an item",
  replace: "replaces an item",
  patch: "changes an item",
  remove: "removes an item",
};

function storageText(parts: readonly BlueprintPart[]): string {
  const storage = parts.find(({ provides }) => provides === "storage");
  return storage ? storage.summary : "Items are kept in memory, and are gone when it stops.";
}

function unwrittenSection({ unwritten }: ServiceModel): string[] {
  if (unwritten.length === 0) return [];
  const rows = unwritten.map(
    ({ key, file }) => `- ${markdownCode(key)} in [src/to-write/${file}.ts](src/to-write/${file}.ts)`,
  );
  return [
    "## To write",
    "The document does not say enough about these operations. They answer with an example until you write them; then remove them from `TO_WRITE` in `src/operations.ts`.",
    rows.join("\n"),
  ];
}

/** Says what the service does not check of the document's security. */
function securitySection({ document, operations, isSecured }: ServiceModel): string[] {
  if (!isSecured) return [];
  const names = [...new Set(operations.flatMap((operation) => schemesOf(document, operation).flat()))];
  const types = new Set(names.map((name) => String(securityScheme(document, name).type)));
  const lines = [
    "Where the document asks for a key, a request shows one of `API_KEYS` as `securitySchemes` say: an API key, a bearer token, or a password.",
  ];
  if (types.has("oauth2") || types.has("openIdConnect"))
    lines.push(
      "OAuth and OpenID Connect are not checked: a bearer token has to be one of `API_KEYS`, and scopes are ignored.",
    );
  if (types.has("mutualTLS"))
    lines.push(
      "Client certificates (mutual TLS) are not checked, so an operation that takes only those refuses each request.",
    );
  return ["## Who may call it", ...lines];
}

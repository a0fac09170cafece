/** The files of a service that are no code of its operations: README, package.json and migrations. */
import type { Blueprint, BlueprintPart } from "@/core/services/blueprints/blueprints";
import { fileName, freeName } from "@/core/services/document/names";
import type { Resource } from "@/core/services/document/resources";
import { type ServiceModel, schemesOf, securityScheme } from "@/core/services/model/model";
import { inMarkdown, markdownCode } from "./literals";

export interface Described {
  name: string;
  blueprint: Blueprint;
  parts: readonly BlueprintPart[];
  model: ServiceModel;
  port: number;
  /** Paragraphs of the parts, rendered. */
  paragraphs: readonly string[];
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
      scripts: blueprint.scripts,
      dependencies: merged("packages"),
      devDependencies: merged("dev_packages"),
    },
    null,
    2,
  )}\n`;
}

export function readmeFile({ name, blueprint, parts, model, port, paragraphs }: Described): string {
  const settings = [
    ["PORT", `the port on which it listens; default: \`${port}\``],
    ["HOST", "the address on which it listens; default: `127.0.0.1`"],
    ...(model.isSecured ? [["API_KEYS", "the keys that callers may use, with commas between them; required"]] : []),
    ...parts.flatMap((part) => Object.entries(part.settings)),
  ];
  const isStored = model.resources.length > 0;
  const sections = [
    `# ${inMarkdown(model.title)}`,
    "This service answers what [openapi.yaml](openapi.yaml) says. Routes and the checks of requests are read from that file when it starts.",
    "## Start",
    `\`\`\`sh\n${blueprint.setup}\n${model.isSecured ? "export API_KEYS=choose-a-key\n" : ""}npm run build\nnpm start\n\`\`\``,
    `It then answers at \`http://127.0.0.1:${port}${model.base}\`. \`npm run dev\` starts it from its source and again after each change. \`${blueprint.check}\` runs types, linter and tests.`,
    "## Settings",
    ["| variable | meaning |", "| --- | --- |", ...settings.map(([key, text]) => `| \`${key}\` | ${text} |`)].join(
      "\n",
    ),
    "## What it does",
    ...(isStored ? [resourceTable(model.resources), storageText(parts)] : []),
    ...unwrittenSection(model),
    ...securitySection(model),
    "## Errors",
    `An error is a problem document (RFC 9457, \`application/problem+json\`)${model.hasErrorSchemas ? "; where openapi.yaml has a JSON form of its own for an error, it is answered in that form" : ""}. A request that the document does not allow is answered 400, or 422 where only that is documented; a body of a media type that it does not take 415 where the document has that; a missing item 404; a value that another item has 409.`,
    ...(paragraphs.length > 0 ? ["## Running it elsewhere", ...paragraphs] : []),
    "## Made by Banyan",
    `\`banyan service upgrade .\` makes the generated files again from openapi.yaml and the newest blueprint ${inMarkdown(blueprint.name)}, and keeps your own changes. \`.banyan/service.json\` says from what ${inMarkdown(name)} was made.`,
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
    "Where the document asks for a key, a request needs one of `API_KEYS`: as the API key, as the bearer token, or as the password of basic authentication.",
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

/** Returns a migration for each table and for each unique value. A file never changes, so a new version only adds some. */
export function migrationFiles(resources: readonly Resource[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const { file, unique } of resources) {
    const table = [
      `CREATE TABLE "${file}" (`,
      "  position INTEGER PRIMARY KEY AUTOINCREMENT,",
      "  within TEXT NOT NULL,",
      "  id TEXT NOT NULL,",
      "  body TEXT NOT NULL CHECK (json_valid(body)),",
      "  UNIQUE (within, id)",
      ") STRICT;",
    ];
    files.set(`migrations/001-create-${file}.sql`, `${table.join("\n")}\n`);
    const taken = new Set<string>();
    for (const name of unique) {
      const index = sqlName(`${file} ${name}`);
      const value = sqlText(`$.${JSON.stringify(name)}`);
      files.set(
        `migrations/002-unique-${file}-${freeName(fileName(name, "value"), taken)}.sql`,
        `CREATE UNIQUE INDEX ${index} ON "${file}" (within, body ->> ${value});\n`,
      );
    }
  }
  return files;
}

const sqlName = (text: string) => `"${text.replaceAll('"', '""')}"`;
const sqlText = (text: string) => `'${text.replaceAll("'", "''")}'`;

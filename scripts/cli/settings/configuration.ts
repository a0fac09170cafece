/** `agents` and `documents`: list, show, import and export them, in the file format of the seeds. */
import type { ImportedEntry, Queries } from "@/agents/application";
import { UserError } from "@/agents/application";
import type { Configuration } from "@/agents/configuration/configuration";
import { type Context, withActing, withReadRuntime } from "@/scripts/cli/context/context";
import { readFileText } from "@/scripts/cli/context/file-text";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { clean, oneLine, padTo } from "@/scripts/cli/print/text";
import { asBody } from "@/server/http/v1/entry-shown";

export type Family = "agents" | "documents";
type Arguments = (string | undefined)[];

const KINDS = { agents: "agent", documents: "document" } as const;

/** Separates the files in an export of several. */
const DIVIDER = /^=== [\w-]+\.md ===$/m;

export async function configuration(
  context: Context,
  family: Family,
  [verb = "list", name]: Arguments,
): Promise<number> {
  switch (verb) {
    case "list":
      if (name !== undefined) throw new UsageError(`\`banyan ${family} list\` takes no arguments: it lists them all.`);
      return withReadRuntime(context, ({ queries }) => list(context, queries, family));
    case "show":
      if (!name) throw new UsageError(`Give the name: npx banyan ${family} show NAME.`);
      return withReadRuntime(context, ({ queries }) => show(context, queries, family, name));
    case "import":
    case "add":
      if (!name) throw new UsageError(`Name the file, or - for standard input: npx banyan ${family} ${verb} FILE.`);
      return importFile(context, family, name, verb === "add");
    case "export":
      return withReadRuntime(context, (readRuntime) => exportFiles(context, readRuntime.configuration, family, name));
    default:
      throw new UsageError(
        `There is no \`banyan ${family} ${verb}\`: use list, show NAME, import FILE, add FILE or export [NAME].`,
      );
  }
}

async function list(context: Context, queries: Queries, family: Family): Promise<number> {
  const entries = await queries.listEntries(KINDS[family]);
  if (context.json) {
    printJson({ items: entries, next: null });
    return 0;
  }
  if (entries.length === 0) print(`There are no ${family} yet: import them with npx banyan seed.`);
  const width = Math.max(0, ...entries.map((entry) => entry.name.length));
  for (const { name, description, edited } of entries)
    print(`${padTo(name, width)}  ${oneLine(description)}${edited ? " (edited)" : ""}`);
  return 0;
}

async function show(context: Context, queries: Queries, family: Family, name: string): Promise<number> {
  if (context.json) {
    printJson(asBody(await queries.getEntry(KINDS[family], name)));
    return 0;
  }
  const entry = await (family === "agents" ? queries.getAgent(name) : queries.getDocument(name));
  for (const [key, value] of Object.entries(entry)) {
    if (key === "instruction" || key === "body") continue;
    print(`${key}: ${oneLine(Array.isArray(value) ? value.join(", ") : String(value))}`);
  }
  const { instruction, body } = entry as { instruction?: string; body?: string };
  print(`\n${clean(instruction ?? body ?? "").trimEnd()}`);
  return 0;
}

async function importFile(context: Context, family: Family, file: string, onlyNew: boolean): Promise<number> {
  const text = await readFileText(context, file);
  const entries = await entriesIn(text, family, file === "-" ? "standard input" : file);
  return withActing(context, async ({ application }) => {
    const done = await application.commands.importEntries({ entries, onlyNew });
    if (context.json) printJson(done);
    else print(done.sentence);
    return 0;
  });
}

async function entriesIn(text: string, family: Family, file: string): Promise<ImportedEntry[]> {
  const { readAgent, readDocument } = await import("@/seeds/load");
  const parts = DIVIDER.test(text) ? text.split(DIVIDER).filter((part) => part.trim() !== "") : [text];
  return parts.map((part) => {
    const text = part.replace(/^\s*\n(?=---)/, "");
    return family === "agents"
      ? { kind: "agent", body: readAgent(text, file) }
      : { kind: "document", body: readDocument(text, file) };
  });
}

async function exportFiles(
  context: Context,
  live: Configuration,
  family: Family,
  name: string | undefined,
): Promise<number> {
  const { agentFile, documentFile } = await import("@/seeds/write");
  const files =
    family === "agents"
      ? live.agents().map((agent) => ({ name: agent.name, text: agentFile(agent) }))
      : live.documents().map((document) => ({ name: document.name, text: documentFile(document) }));
  const wanted = files.filter((file) => name === undefined || file.name === name);
  if (name !== undefined && wanted.length === 0) {
    const names = files.map((file) => file.name).join(", ") || "none";
    throw new UserError("not_found", `There is no ${family.slice(0, -1)} ${name}. There are: ${names}.`);
  }
  if (context.json) printJson({ items: wanted, next: null });
  // Written unchanged, without escaping, so that it can be saved to a file and imported again.
  else if (name !== undefined) process.stdout.write(wanted[0]?.text ?? "");
  else for (const entry of wanted) process.stdout.write(`=== ${entry.name}.md ===\n${entry.text}`);
  return 0;
}

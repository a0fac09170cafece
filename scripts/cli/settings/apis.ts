/** `apis`: shows and adds web APIs by their OpenAPI documents. */
import { UserError } from "@/agents/application";
import { plural } from "@/core/words/figures";
import { MOST_DOCUMENT_BYTES } from "@/lib/openapi/types";
import type { Arguments } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withActing, withReadRuntime } from "@/scripts/cli/context/context";
import { readFileText } from "@/scripts/cli/context/file-text";
import { paint, print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine, padTo } from "@/scripts/cli/print/text";

/** As at an address, and as text. */
const MOST_MB = MOST_DOCUMENT_BYTES / 1024 / 1024;
const AUTHS = ["none", "bearer", "basic", "header"] as const;

export function apis(context: Context, [verb, source]: Arguments, flags: Flags): Promise<number> {
  if (!source || (verb !== "show" && verb !== "add"))
    throw new UsageError("Give a document: npx banyan apis show FILE|URL, or npx banyan apis add FILE|URL.");
  return verb === "show" ? show(context, source) : add(context, source, flags);
}

async function show(context: Context, source: string): Promise<number> {
  const document = await documentOf(context, source);
  return withReadRuntime(context, async ({ queries }) => {
    const preview = await queries.previewApi(document);
    if (context.json) {
      printJson(preview);
      return 0;
    }
    print(`${oneLine(preview.title)} ${oneLine(preview.version)}`.trim());
    print(`base URLs: ${preview.servers.map(oneLine).join(", ") || "none"}`);
    const width = Math.max(0, ...preview.operations.map(({ key }) => oneLine(key).length));
    for (const { key, name, description } of preview.operations)
      print(`${padTo(oneLine(key), width)}  ${name}  ${oneLine(description)}`);
    for (const problem of preview.problems) print(`${paint("yellow", "!")} ${oneLine(problem)}`);
    return 0;
  });
}

async function add(context: Context, source: string, flags: Flags): Promise<number> {
  const document = await documentOf(context, source);
  const auth = AUTHS.find((auth) => auth === flags.auth);
  if (flags.auth !== undefined && !auth) throw new UsageError(`--auth is ${AUTHS.join(", ")}.`);
  return withActing(context, async ({ application }) => {
    const preview = await application.queries.previewApi(document);
    const [first] = preview.servers;
    const baseUrl = textOf(flags.baseUrl) ?? first;
    if (!baseUrl) throw new UserError("invalid", "The document names no base URL: give it with --base-url.");
    const listed = textOf(flags.operations)
      ?.split(",")
      .map((key) => key.trim());
    const operations = flags.all === true ? preview.operations.map(({ key }) => key) : listed;
    const request = { ...document, name: textOf(flags.name) ?? preview.name, base_url: baseUrl, operations };
    const done = await application.commands.saveApi({ ...request, auth, header: textOf(flags.header) });
    if (context.json) printJson(done);
    else {
      print(`${paint("green", "✓")} ${done.sentence}`);
      print(`  ${plural(done.server.tools.length, "tool")}: ${done.server.tools.join(", ")}`);
      for (const hazard of done.server.hazards) print(`  warning: ${oneLine(hazard)}`);
      for (const problem of done.problems) print(`${paint("yellow", "!")} ${oneLine(problem)}`);
    }
    return 0;
  });
}

async function documentOf(context: Context, source: string): Promise<{ url: string } | { text: string }> {
  return /^https?:\/\//i.test(source) ? { url: source } : { text: await readFileText(context, source, MOST_MB) };
}

function textOf(flag: unknown): string | undefined {
  return typeof flag === "string" ? flag : undefined;
}

/** `agents`, `documents` and `tools`: list and show. */
import type { Queries } from "@/agents/application";
import { actor, type Context, withActing, withLooking } from "./context";
import { print, printJson, UsageError } from "./output";
import { clean, oneLine, padTo } from "./text";

export type Family = "agents" | "documents" | "tools";
type Arguments = (string | undefined)[];

const LATER = ["import", "export", "add"];

export async function configuration(
  context: Context,
  family: Family,
  [verb = "list", name, policy]: Arguments,
): Promise<number> {
  if (LATER.includes(verb)) {
    throw new UsageError(
      `\`banyan ${family} ${verb}\` is not there yet: ${family} are changed in seeds/ and brought in with \`banyan seed\` until then.`,
    );
  }
  if (verb === "policy" && family === "tools") return setPolicy(context, name, policy);
  if (verb === "list") return withLooking(context, ({ queries }) => list(context, queries, family));
  if (verb !== "show") throw new UsageError(`There is no \`banyan ${family} ${verb}\`: it is list or show NAME.`);
  if (!name) throw new UsageError(`Name what to show: npx banyan ${family} show NAME.`);
  return withLooking(context, ({ queries }) => show(context, queries, family, name));
}

async function setPolicy(context: Context, name: string | undefined, policy: string | undefined): Promise<number> {
  if (!name || !policy)
    throw new UsageError("Name the tool and the policy: npx banyan tools policy NAME auto|ask|deny.");
  return withActing(context, async ({ application }) => {
    const done = await application.commands.setToolPolicy(name, policy, actor());
    if (context.json) printJson(done);
    else print(done.sentence);
    return 0;
  });
}

async function list(context: Context, queries: Queries, family: Family): Promise<number> {
  const entries = await {
    agents: () => queries.listAgents(),
    documents: () => queries.listDocuments(),
    tools: () => queries.listTools(),
  }[family]();
  if (context.json) {
    printJson({ items: entries, next: null });
    return 0;
  }
  if (entries.length === 0) print(`There are no ${family} yet: bring them in with npx banyan seed.`);
  const width = Math.max(0, ...entries.map((entry) => entry.name.length));
  for (const entry of entries) {
    const edited = "edited" in entry && entry.edited ? " (edited)" : "";
    const off =
      "available" in entry && !entry.available ? ` (off: ${oneLine(entry.unavailable_reason ?? "not available")})` : "";
    const asks = "policy" in entry && entry.policy !== "auto" ? ` (policy: ${entry.policy})` : "";
    print(`${padTo(entry.name, width)}  ${oneLine(entry.description)}${edited}${asks}${off}`);
  }
  return 0;
}

async function show(context: Context, queries: Queries, family: Family, name: string): Promise<number> {
  const entry = await {
    agents: () => queries.getAgent(name),
    documents: () => queries.getDocument(name),
    tools: () => queries.getTool(name),
  }[family]();
  if (context.json) {
    printJson(entry);
    return 0;
  }
  for (const [key, value] of Object.entries(entry)) {
    if (key === "instruction" || key === "body" || key === "schema") continue;
    print(`${key}: ${oneLine(Array.isArray(value) ? value.join(", ") : String(value))}`);
  }
  const { instruction, body, schema } = entry as { instruction?: string; body?: string; schema?: unknown };
  print(`\n${(instruction ?? body) ? clean(instruction ?? body ?? "").trimEnd() : JSON.stringify(schema, null, 2)}`);
  return 0;
}

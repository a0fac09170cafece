/** Agents and documents that a person wrote: checked against what there is, then live for tasks that begin from now on. */
import type { Store } from "@/db/store";
import { canonicalJson } from "@/lib/mcp/schema";
import { type Commands, type ImportedEntry, UserError } from "./application";
import type { Configuration } from "./configuration";
import { nameOfServerTool } from "./server-tools";

interface Sources {
  store: Pick<Store, "configuration">;
  configuration: Pick<Configuration, "agents" | "documents" | "tools">;
}

export function createEntryCommands({ store, configuration }: Sources): Pick<Commands, "importEntries"> {
  return {
    async importEntries(entries, actor, { onlyNew = false } = {}) {
      if (entries.length === 0) throw new UserError("invalid", "There is nothing to import.");
      const live = { agent: configuration.agents(), document: configuration.documents() };
      for (const [index, { kind, body }] of entries.entries()) {
        if (entries.findIndex((one) => one.kind === kind && one.body.name === body.name) !== index)
          throw new UserError("invalid", `The ${kind} ${body.name} is there twice.`);
        if (onlyNew && live[kind].some((one) => one.name === body.name))
          throw new UserError(
            "conflict",
            `The ${kind} ${body.name} is there already: give it a new version with import instead of add.`,
          );
      }
      for (const entry of entries) checkReferences(configuration, entry, entries);
      const done: { kind: string; name: string; version: number }[] = [];
      for (const { kind, body } of entries) {
        const { name, description } = body;
        const same = live[kind].find((one) => one.name === name && isSame(one, body));
        // One that is exactly so already stays what it is: as a seed it follows its file.
        if (same) continue;
        const version = await store.configuration.put({ kind, name, description, body }, actor.name, "Imported.");
        done.push({ kind, name, version });
      }
      const rest = entries.length - done.length;
      const kept = rest > 0 ? `${rest} of ${entries.length} are exactly so already.` : "";
      if (done.length === 0) return { sentence: kept, entries: done };
      const words = done.map(({ kind, name, version }) => `version ${version} of the ${kind} ${name}`).join(", ");
      return { sentence: `Live for tasks that begin from now on: ${words}. ${kept}`.trim(), entries: done };
    },
  };
}

function isSame({ version: _, edited: __, ...live }: { version: number; edited: boolean }, body: object): boolean {
  return canonicalJson(live) === canonicalJson(body);
}

/** Throws UserError when an agent lists what is not there, or is off. */
export function checkReferences(
  configuration: Pick<Configuration, "documents" | "tools">,
  entry: ImportedEntry,
  entries: readonly ImportedEntry[],
): void {
  if (entry.kind !== "agent") return;
  const { name, tools, documents } = entry.body;
  const documentNames = new Set([
    ...configuration.documents().map((one) => one.name),
    ...entries.flatMap((one) => (one.kind === "document" ? [one.body.name] : [])),
  ]);
  const noDocument = documents.find((one) => !documentNames.has(one));
  if (noDocument !== undefined)
    throw new UserError("invalid", `The agent ${name} lists the document ${noDocument}, which is not there.`);
  const known = configuration.tools();
  for (const wanted of tools) {
    const tool = known.find(
      (one) => one.name === wanted || one.server?.tools.some((own) => nameOfServerTool(one.name, own.name) === wanted),
    );
    if (!tool)
      throw new UserError(
        "invalid",
        `The agent ${name} lists the tool ${wanted}, which is not there (core tools are given to every agent and not listed).`,
      );
    if (!tool.availability.available)
      throw new UserError(
        "invalid",
        `The agent ${name} lists the tool ${wanted}, which is off: ${tool.availability.reason}`,
      );
  }
}

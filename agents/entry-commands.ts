/** Agents, documents and runbooks that a person wrote: checked against what there is, then live for tasks that begin from now on. */
import type { Store } from "@/db/store";
import { canonicalJson } from "@/lib/mcp/schema";
import { type Actor, type Commands, type ImportedEntry, UserError } from "./application";
import type { Configuration } from "./configuration";
import type { EntryKind } from "./core/shapes-configuration";
import { checkReferences, checkRemoval } from "./entry-checks";
import { entryOf } from "./entry-fields";
import { entriesIn, liveBody } from "./entry-files";

interface Sources {
  store: Pick<Store, "configuration" | "queries">;
  configuration: Pick<Configuration, "agents" | "documents" | "tools" | "runbooks">;
}

type EntryCommands = Pick<Commands, "importEntries" | "importFiles" | "saveEntry" | "restoreVersion" | "removeEntry">;

const MOST_WHY = 500;

export function createEntryCommands({ store, configuration }: Sources): EntryCommands {
  const isSame = ({ kind, body }: ImportedEntry): boolean => {
    const live = liveBody(configuration, kind, body.name);
    return live !== null && canonicalJson(live) === canonicalJson(body);
  };
  const liveVersion = (kind: EntryKind, name: string) =>
    store.queries.entries.versions(kind, name).find((one) => one.live) ?? null;

  function changedMeanwhile(kind: EntryKind, name: string): UserError {
    const now = liveVersion(kind, name);
    if (!now) return new UserError("conflict", `The ${kind} ${name} was removed meanwhile.`);
    return new UserError(
      "conflict",
      `${now.by} saved version ${now.version} of the ${kind} ${name} meanwhile${now.why ? `: “${now.why}”` : ""}.`,
    );
  }

  async function put(entry: ImportedEntry, actor: Actor, why: string, ifVersion?: number | null) {
    const { kind, body } = entry;
    const { name, description } = body;
    const said = { by: actor.name, why: whyOf(why), ...(ifVersion !== undefined && { ifVersion }) };
    const version = await store.configuration.save({ kind, name, description, body }, said);
    if (version !== "changed") return { name, version };
    if (ifVersion !== null) throw changedMeanwhile(kind, name);
    throw new UserError(
      "conflict",
      `There is ${kind === "agent" ? "an" : "a"} ${kind} ${name} already: choose another name.`,
    );
  }

  async function importEntries(
    entries: readonly ImportedEntry[],
    actor: Actor,
    { onlyNew = false, why = "Imported." }: { onlyNew?: boolean; why?: string } = {},
  ) {
    if (entries.length === 0) throw new UserError("invalid", "There is nothing to import.");
    for (const [index, { kind, body }] of entries.entries()) {
      if (entries.findIndex((one) => one.kind === kind && one.body.name === body.name) !== index)
        throw new UserError("invalid", `The ${kind} ${body.name} is there twice.`);
      if (onlyNew && liveBody(configuration, kind, body.name))
        throw new UserError(
          "conflict",
          `The ${kind} ${body.name} is there already: give it a new version with import instead of add.`,
        );
    }
    for (const entry of entries) checkReferences(configuration, entry, entries);
    // One that is exactly so already stays what it is: as a seed it follows its file.
    const changed = entries.filter((entry) => !isSame(entry));
    const done: { kind: string; name: string; version: number }[] = [];
    for (const entry of changed) done.push({ kind: entry.kind, ...(await put(entry, actor, why)) });
    const rest = entries.length - done.length;
    const kept = rest > 0 ? `${rest} of ${entries.length} are exactly so already.` : "";
    if (done.length === 0) return { sentence: kept, entries: done };
    const words = done.map(({ kind, name, version }) => `version ${version} of the ${kind} ${name}`).join(", ");
    return { sentence: `Live for tasks that begin from now on: ${words}. ${kept}`.trim(), entries: done };
  }

  return {
    importEntries,
    async importFiles(kind, files, actor, { why = "" } = {}) {
      const read = await entriesIn(kind, files);
      const wrong = read.find((one) => one.problem !== null);
      if (wrong?.problem) throw new UserError("invalid", `Nothing was imported. ${wrong.problem}`);
      return importEntries(
        read.flatMap((one) => (one.entry ? [one.entry] : [])),
        actor,
        { why: why || "Imported." },
      );
    },
    async saveEntry(kind, fields, actor, { ifVersion, why = "" } = {}) {
      const entry = entryOf(kind, fields);
      checkReferences(configuration, entry);
      if (isSame(entry)) {
        if (ifVersion === null)
          throw new UserError(
            "conflict",
            `There is ${kind === "agent" ? "an" : "a"} ${kind} ${entry.body.name} already.`,
          );
        const version = liveVersion(kind, entry.body.name)?.version ?? 0;
        return {
          sentence: `Version ${version} says exactly this: nothing was saved.`,
          kind,
          name: entry.body.name,
          version,
        };
      }
      const { name, version } = await put(entry, actor, why, ifVersion);
      return { sentence: `Version ${version} is live for tasks that begin from now on.`, kind, name, version };
    },
    async restoreVersion(kind, name, version, actor, { why = "" } = {}) {
      const body = store.configuration.version(kind, name, version);
      if (!body) throw new UserError("not_found", `The ${kind} ${name} has no version ${version}.`);
      const entry = { kind, body } as ImportedEntry;
      if (isSame(entry)) throw new UserError("conflict", `What is in effect is exactly version ${version}.`);
      checkReferences(configuration, entry);
      const said = why.trim();
      const done = await put(entry, actor, `Restored version ${version}${said ? `: ${said}` : "."}`);
      return {
        sentence: `Version ${done.version} is live; it says what version ${version} said.`,
        version: done.version,
      };
    },
    async removeEntry(kind, name) {
      checkRemoval(configuration, kind, name);
      if (!(await store.configuration.remove(kind, name)))
        throw new UserError("not_found", `There is no ${kind} ${name}.`);
      return { sentence: `The ${kind} ${name} is removed. Tasks that began with it keep it, and its versions stay.` };
    },
  };
}

function whyOf(why: string): string {
  const said = why.replace(/\s+/g, " ").trim();
  if (said.length <= MOST_WHY) return said;
  throw new UserError("invalid", `The reason has ${said.length} characters and may have ${MOST_WHY}: shorten it.`);
}

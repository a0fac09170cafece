/** Previews what a file of servers would add, without storing, starting or sending anything. */
import { UserError } from "@/agents/application";
import { type AddedConfig, onlyHostOf } from "@/agents/tools/outside/added-config";
import type { PreviewedServer, ServerFinding, ServerPreview, ShownServer } from "@/core/shapes/tools";
import { type ImportedServers, importServers } from "@/lib/mcp/config/config";
import { hazardsOf } from "@/lib/mcp/config/hazards";
import type { AddedServer } from "@/lib/mcp/config/same-server";
import { shownValue } from "@/lib/mcp/config/secret-values";
import type { ServerConfig, ServerPlacement } from "@/lib/mcp/config/types";
import type { Finding } from "@/lib/mcp/findings/finding";
import { findingsOf } from "@/lib/mcp/findings/findings";
import type { Machine } from "@/lib/mcp/findings/machine";
import { changeFile } from "@/lib/mcp/findings/mend";
import { findingSentence, mendLabel } from "@/lib/mcp/findings/words";

type StartKey = "kind" | "start" | "folders" | "hosts" | "settings";

/** More than a file needs; keeps a file whose mends undo each other from being read for ever. */
const MOST_MENDS = 300;
const NOWHERE: ServerPlacement = { scope: "tree", workspace: "none" };

interface PreviewOptions {
  /** The names of other tools. */
  taken: readonly string[];
  /** The servers among them. */
  added: readonly AddedServer[];
  /** The names of the secrets already in the vault. */
  kept: ReadonlySet<string>;
  machine: Machine;
  /** Ids of mends to apply first, or `all` for the first mend of each finding. */
  mend: readonly string[] | "all";
}

/** Returns the preview. Throws UserError for a mend that the file does not need. */
export function previewServers(given: string, { taken, added, kept, machine, mend }: PreviewOptions): ServerPreview {
  const text = mendedText(given, { taken, added, machine, mend });
  const found = importServers(text, taken, added);
  const missing = found.missing.filter((name) => !kept.has(name));
  const servers = found.servers.map((config): PreviewedServer => {
    const own = (name: string) => name.startsWith(`mcp/${config.name}/`);
    return {
      ...startOfServer(config),
      ...(found.placements[config.name] ?? NOWHERE),
      name: config.name,
      secrets: Object.keys(found.secrets).filter(own),
      missing: missing.filter(own),
      hazards: hazardsOf(config),
      findings: findingsIn(found, config, machine).map(shownFinding),
    };
  });
  return { servers, problems: found.problems, already: found.already, text: text === given ? null : text };
}

/** One mend may make the next possible, so each round reads the file again. */
function mendedText(given: string, { taken, added, machine, mend }: Omit<PreviewOptions, "kept">): string {
  let text = given;
  const wanted = mend === "all" ? null : [...mend];
  for (let round = 0; round < MOST_MENDS; round += 1) {
    const next = wanted?.shift();
    if (wanted && next === undefined) return text;
    const found = importServers(text, taken, added);
    const mends = found.servers.flatMap((config) => {
      const path = found.entries[config.name]?.path ?? [];
      const own = findingsIn(found, config, machine);
      return own.flatMap((finding) => finding.mends.map((mend, index) => ({ ...mend, path, isFirst: index === 0 })));
    });
    const chosen = mends.find(({ id, isFirst }) => (wanted ? id === next : isFirst));
    if (!chosen && wanted) throw new UserError("invalid", `There is no mend ${next} for this file: preview it again.`);
    if (!chosen) return text;
    text = changeFile(text, chosen.path, chosen.changes);
  }
  return text;
}

function findingsIn(found: ImportedServers, config: ServerConfig, machine: Machine): Finding[] {
  const entry = found.entries[config.name];
  return entry ? findingsOf(config, entry, machine) : [];
}

function shownFinding({ fault, mends }: Finding): ServerFinding {
  const line = fault.code === "private_address" ? fault.line : null;
  const shown = mends.map((mend) => ({ id: mend.id, label: mendLabel(mend) }));
  return { code: fault.code, sentence: findingSentence(fault), line, mends: shown };
}

/** Returns how a server is started or reached, with names in place of secrets. */
export function startOf(config: AddedConfig): Pick<ShownServer, StartKey> {
  if (config.kind === "openapi" || config.kind === "a2a") {
    const { kind, auth, url } = config;
    const settings = auth.kind === "none" ? [] : [auth.kind === "header" ? auth.name : "Authorization"];
    return { kind, start: url, folders: {}, hosts: [onlyHostOf(config) ?? "unknown host"], settings };
  }
  return startOfServer(config);
}

function startOfServer(config: ServerConfig): Pick<PreviewedServer, StartKey> {
  if (config.kind === "http") {
    const start = shownValue(config.url);
    const hosts = URL.canParse(start) ? [new URL(start).host] : [];
    return { kind: "http", start, folders: {}, hosts, settings: Object.keys(config.headers) };
  }
  const start = [config.command, ...config.args.map(shownValue)].join(" ");
  const { folders = {}, hosts = [], env } = config;
  return { kind: "stdio", start, folders, hosts, settings: Object.keys(env) };
}

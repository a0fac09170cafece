/** Recognises the entry of a server that is already added, so that the same file can be added again. */
import { packageRunner } from "./command-line";
import { canonicalJson } from "./schema";
import type { ServerConfig, ServerPlacement, StdioServer } from "./types";

/** A server as it is stored. */
export interface AddedServer {
  config: ServerConfig;
  placement: ServerPlacement;
  /** Whether agents can use it. One that never answered is added again under its name. */
  isOn: boolean;
}

/** An exact version; anything else, such as `latest` or a range, may be the version that is pinned. */
const EXACT = /^\d+\.\d+\.\d+/;

/** Whether both are started by the same command with the same arguments, or reached at the same address. */
export function isSameStart(one: ServerConfig, other: ServerConfig): boolean {
  return canonicalJson(startOf(one)) === canonicalJson(startOf(other));
}

/** Returns what else differs between two servers with the same start, as words for a sentence. */
export function otherSettings(entry: ServerConfig, placed: ServerPlacement, added: AddedServer): string[] {
  const { config, placement } = added;
  const differs = (words: string, one: unknown, other: unknown) =>
    canonicalJson(one ?? {}) === canonicalJson(other ?? {}) ? [] : [words];
  const placing = [
    ...differs("scope", placed.scope, placement.scope),
    ...differs("workspace", placed.workspace, placement.workspace),
  ];
  if (entry.kind === "http")
    return config.kind === "http"
      ? [
          ...differs("headers", entry.headers, config.headers),
          ...differs("sign-in", entry.oauth, config.oauth),
          ...placing,
        ]
      : placing;
  if (config.kind !== "stdio") return placing;
  return [
    ...(isOtherVersion(entry, config) ? ["version"] : []),
    ...differs("variables", entry.env, config.env),
    ...differs("folder to start in", entry.cwd, config.cwd),
    ...differs("folders", entry.folders, config.folders),
    ...differs("keeps", entry.keeps ?? false, config.keeps ?? false),
    ...differs("hosts", [...(entry.hosts ?? [])].sort(), [...(config.hosts ?? [])].sort()),
    ...placing,
  ];
}

function startOf(config: ServerConfig): unknown {
  if (config.kind === "http") return config.url;
  if (config.package) return { package: config.package.name, args: config.args };
  const runner = packageRunner(config);
  if (runner.kind !== "package") return { command: config.command, args: config.args };
  return { package: nameAndVersion(runner.command.spec).name, args: runner.command.args };
}

function isOtherVersion(entry: StdioServer, added: StdioServer): boolean {
  const [wanted, pinned] = [versionIn(entry), versionIn(added)];
  return wanted !== undefined && EXACT.test(wanted) && wanted !== pinned;
}

function versionIn(config: StdioServer): string | undefined {
  if (config.package) return config.package.version;
  const runner = packageRunner(config);
  return runner.kind === "package" ? nameAndVersion(runner.command.spec).version : undefined;
}

function nameAndVersion(spec: string): { name: string; version: string | undefined } {
  const at = spec.lastIndexOf("@");
  return at > 0 ? { name: spec.slice(0, at), version: spec.slice(at + 1) } : { name: spec, version: undefined };
}

/** Whether `name` is the name that a file's server got, or that name with the number that made it unique. */
export function isNameOf(base: string, name: string): boolean {
  return name === base || (name.startsWith(`${base}_`) && /^\d+$/.test(name.slice(base.length + 1)));
}

/** Asks npm's registry about a package, through npm itself with this machine's settings. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { npmEnvironment } from "./environment";

interface NpmOptions {
  /** The environment from which npm gets its settings, proxies and PATH, and nothing else. */
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
}

export interface ViewOptions extends NpmOptions {
  /** The one registry that is asked, whatever the settings say of a scope. */
  registry: URL;
}

interface FoundPackage {
  name: string;
  version: string;
  /** ISO; null where the registry does not say it. */
  published_at: string | null;
  published_by: string | null;
  /** Who published the version before; null: it is the first, or the registry does not say it. */
  before_by: string | null;
  files: number | null;
  bytes: number | null;
  license: string | null;
  /** It runs a script when it is installed. */
  has_install_script: boolean;
  /** The deprecation notice of its authors; null: none. */
  deprecated: string | null;
}

const execute = promisify(execFile);
const MOST_OUTPUT_BYTES = 8 * 1024 * 1024;
const FIELDS = ["name", "version", "time", "_npmUser", "dist", "license", "scripts", "deprecated"];
const INSTALL_SCRIPTS = ["preinstall", "install", "postinstall"];

const person = z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]);
const viewed = z.looseObject({
  name: z.string(),
  version: z.string(),
  time: z.record(z.string(), z.string()).catch({}),
  _npmUser: person.nullable().catch(null),
  dist: z
    .looseObject({ fileCount: z.number().nullable().catch(null), unpackedSize: z.number().nullable().catch(null) })
    .catch({ fileCount: null, unpackedSize: null }),
  license: z.string().nullable().catch(null),
  scripts: z.record(z.string(), z.unknown()).catch({}),
  deprecated: z.string().nullable().catch(null),
});

/** Resolves with the address of the registry that npm asks on this machine. */
export async function registryOf(options: NpmOptions): Promise<URL> {
  return new URL((await npm(["config", "get", "registry"], options)).trim());
}

/** Resolves with the facts of the version that `wanted` means; null: the registry has no such package. */
export async function viewPackage(
  name: string,
  wanted: string | null,
  options: ViewOptions,
): Promise<FoundPackage | null> {
  const found = await view(`${name}@${wanted ?? "latest"}`, options);
  if (found === null) return null;
  const { version, time, dist } = found;
  const before = versionBefore(version, time);
  const earlier = before === null ? null : await view(`${name}@${before}`, options);
  return {
    name: found.name,
    version,
    published_at: time[version] ?? null,
    published_by: nameOf(found._npmUser),
    before_by: nameOf(earlier?._npmUser ?? null),
    files: dist.fileCount,
    bytes: dist.unpackedSize,
    license: found.license,
    has_install_script: INSTALL_SCRIPTS.some((name) => typeof found.scripts[name] === "string"),
    deprecated: found.deprecated,
  };
}

/** npm writes "name <address>". */
function nameOf(user: string | null): string | null {
  return user === null ? null : user.replace(/\s*<[^>]*>$/, "") || null;
}

/** Returns the version that was published last before this one. */
function versionBefore(version: string, time: Readonly<Record<string, string>>): string | null {
  const at = time[version];
  const versions = Object.entries(time).filter(([name]) => name !== "created" && name !== "modified");
  const earlier = versions.filter(([name, value]) => name !== version && at !== undefined && value < at);
  return earlier.sort(([, value], [, other]) => (value < other ? 1 : -1))[0]?.[0] ?? null;
}

async function view(spec: string, options: ViewOptions): Promise<z.output<typeof viewed> | null> {
  try {
    const scope = /^@[^/]+(?=\/)/.exec(spec)?.[0];
    // A flag counts more than .npmrc, which may name another registry for the scope.
    const registries = [
      `--registry=${options.registry}`,
      ...(scope ? [`--${scope}:registry=${options.registry}`] : []),
    ];
    const printed = await npm(["view", "--json", ...registries, "--", spec, ...FIELDS], options);
    const said: unknown = JSON.parse(printed || "null");
    // Of a range npm tells each version, the newest last.
    const latest: unknown = Array.isArray(said) ? said.at(-1) : said;
    return latest === null || latest === undefined ? null : viewed.parse(latest);
  } catch (error) {
    if (error instanceof Error && "stdout" in error && /"code":\s*"(E404|ETARGET)"/.test(String(error.stdout)))
      return null;
    throw error;
  }
}

async function npm(args: readonly string[], { env, signal }: NpmOptions): Promise<string> {
  // Not in a folder of a project, whose settings would count.
  const options = { cwd: "/", env: npmEnvironment(env), signal, maxBuffer: MOST_OUTPUT_BYTES };
  return (await execute("npm", ["--no-update-notifier", "--fetch-retries=0", ...args], options)).stdout;
}

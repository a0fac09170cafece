/** The libraries that the manifests of a workspace name. A manifest is outside text: bounded, and parsed as data. */
import { parse as parseToml } from "smol-toml";
import type { WorkplaceFiles } from "@/lib/workplace/port";

export interface Library {
  name: string;
  version: string | null;
  /** The file that names it. */
  manifest: string;
}

const MOST_BYTES = 500_000;
const MOST_LIBRARIES = 300;
const MOST_NAME = 100;

type Names = [name: string, version: string | null][];
type Table = Record<string, unknown>;

const MANIFESTS: Record<string, (text: string) => Names> = {
  "package.json": (text) => {
    const file = JSON.parse(text) as Table;
    return ["dependencies", "devDependencies", "optionalDependencies"].flatMap((key) => pairsOf(file[key]));
  },
  "composer.json": (text) => {
    const file = JSON.parse(text) as Table;
    return ["require", "require-dev"].flatMap((key) => pairsOf(file[key]));
  },
  "pyproject.toml": (text) => {
    const file = parseToml(text) as Table;
    const project = tableOf(file.project);
    const poetry = tableOf(tableOf(file.tool).poetry);
    const optional = Object.values(tableOf(project["optional-dependencies"])).flatMap(linesOf);
    return [...[...linesOf(project.dependencies), ...optional].flatMap(requirement), ...pairsOf(poetry.dependencies)];
  },
  "requirements.txt": (text) => text.split("\n").flatMap(requirement),
  "Cargo.toml": (text) => {
    const file = parseToml(text) as Table;
    return ["dependencies", "dev-dependencies", "build-dependencies"].flatMap((key) => pairsOf(file[key]));
  },
  "go.mod": (text) =>
    [...text.matchAll(/^[ \t]*(?:require[ \t]+)?([\w-]+\.[\w./~-]+)[ \t]+(v[\w.+-]+)/gm)].map(
      ([, name = "", version = ""]) => [name, version],
    ),
  Gemfile: (text) =>
    [...text.matchAll(/^[ \t]*gem[ \t]+["']([\w.-]+)["'](?:\s*,\s*["']([^"']+)["'])?/gm)].map(
      ([, name = "", version]) => [name, version ?? null],
    ),
};

/** Returns the libraries, and a sentence for each manifest that cannot be read. */
export async function librariesIn(
  files: Pick<WorkplaceFiles, "readText">,
): Promise<{ libraries: Library[]; problems: string[] }> {
  const libraries: Library[] = [];
  const problems: string[] = [];
  for (const [manifest, read] of Object.entries(MANIFESTS)) {
    const text = await files.readText(manifest, MOST_BYTES).catch(() => null);
    if (text === null) continue;
    try {
      const named = read(text).filter(([name]) => name !== "" && name.length <= MOST_NAME);
      const found = named.slice(0, MOST_LIBRARIES + 1);
      libraries.push(...found.map(([name, version]) => ({ name, version: version?.slice(0, 60) ?? null, manifest })));
    } catch {
      problems.push(`The file ${manifest} cannot be read, so its libraries are missing.`);
    }
  }
  if (libraries.length > MOST_LIBRARIES) problems.push(`Only the first ${MOST_LIBRARIES} libraries are listed.`);
  return { libraries: libraries.slice(0, MOST_LIBRARIES), problems };
}

/** Reads a line of Python's requirements: `requests[socks]>=2.0; python_version > "3"`. */
function requirement(line: string): Names {
  const [, name, rest = ""] = /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^;#]*)/.exec(line) ?? [];
  return name ? [[name, rest.trim() || null]] : [];
}

function pairsOf(value: unknown): Names {
  return Object.entries(tableOf(value)).map(([name, given]) => {
    const version = typeof given === "string" ? given : tableOf(given).version;
    return [name, typeof version === "string" ? version : null];
  });
}

function tableOf(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function linesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

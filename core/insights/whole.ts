/** Insights about the repository as a whole: its licence and its packages, as far as they are known without network. */
import type { Finding } from "./insight";
import type { Repository } from "./repository";
import { folderOf } from "./resolve";

/** In the root or in one of its folders. */
const LICENCE = /^(?:[^/]+\/)?(?:licen[cs]es?|copying|unlicense|notice)(?:[.-][^/]*)?$/i;
const LOCK_FILES = ["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"];

export function wholeFindings(repository: Repository): Finding[] {
  return [...licence(repository), ...lockFiles(repository), ...deprecated(repository)];
}

function licence({ paths, manifests, files }: Repository): Finding[] {
  if (files.length === 0) return [];
  for (const path of paths) if (LICENCE.test(path)) return [];
  const named = ["package.json", "Cargo.toml", "pyproject.toml"].find((path) =>
    /^\s*"?license(?:-file)?"?\s*[:=]/m.test(manifests.get(path) ?? ""),
  );
  return [
    {
      kind: "no-licence",
      title: "The repository has no licence",
      path: "",
      line: 0,
      end: 0,
      symbol: "",
      shape: "",
      facts: [
        { name: "Licence files", value: "0", note: "LICENSE, LICENCE, COPYING or UNLICENSE" },
        ...(named === undefined
          ? []
          : [{ name: "A manifest names a licence", value: named, note: "its text is missing" }]),
      ],
      places: [],
      impact: named === undefined ? 0.35 : 0.15,
      confidence: 0.9,
      effort: 0.5,
    },
  ];
}

/** Without a lock file each installation may get other versions. */
function lockFiles({ paths, manifests }: Repository): Finding[] {
  const workspaces = [...manifests].some(([path, text]) => path === "package.json" && "workspaces" in objectIn(text));
  return [...manifests].flatMap(([path, text]) => {
    if (!path.endsWith("package.json") || (workspaces && path !== "package.json")) return [];
    const count = Object.keys(recordIn(objectIn(text), "dependencies")).length;
    if (count === 0) return [];
    for (let folder = folderOf(path); ; folder = folderOf(folder)) {
      if (LOCK_FILES.some((name) => paths.has(folder === "" ? name : `${folder}/${name}`))) return [];
      if (folder === "") break;
    }
    return [
      {
        kind: "no-lockfile" as const,
        title: "Packages have no lock file",
        path,
        line: 1,
        end: 1,
        symbol: "",
        shape: "",
        facts: [{ name: "Packages", value: String(count), note: "each installation may get other versions" }],
        places: [],
        impact: 0.4,
        confidence: 0.9,
        effort: 0.5,
      },
    ];
  });
}

/** npm writes into its lock file what the maintainers of a package said when they deprecated it. */
function deprecated({ manifests }: Repository): Finding[] {
  return [...manifests].flatMap(([path, text]) => {
    if (!path.endsWith("package-lock.json")) return [];
    const packages = recordIn(objectIn(text), "packages");
    const root = objectOf(packages[""]);
    const direct = { ...recordIn(root, "dependencies"), ...recordIn(root, "devDependencies") };
    return Object.keys(direct).flatMap((name) => {
      const entry = objectOf(packages[`node_modules/${name}`]);
      const { deprecated: said, version } = entry;
      if (typeof said !== "string") return [];
      const at = text.slice(0, Math.max(0, text.indexOf(`"node_modules/${name}"`))).split("\n").length;
      return [
        {
          kind: "deprecated-package" as const,
          title: `${name} ${typeof version === "string" ? version : ""} is deprecated`.replace("  ", " "),
          path,
          line: at,
          end: at,
          symbol: name,
          shape: name,
          facts: [{ name: "Its maintainers say", value: said.slice(0, 200), note: `as ${path} has it` }],
          places: [],
          impact: 0.5,
          confidence: 0.9,
          effort: 0.9,
        },
      ];
    });
  });
}

function objectIn(text: string): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return {};
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function recordIn(value: Record<string, unknown>, key: string): Record<string, unknown> {
  return objectOf(value[key]);
}

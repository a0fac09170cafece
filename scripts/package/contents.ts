/** Which files of a built checkout an installed Banyan needs. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { nodeFileTrace } from "@vercel/nft";

/** Read by their place while Banyan runs. A folder stands for all below it. */
const READ = ["public", "seeds", "drizzle", "blueprints", "LICENSE", "THIRD-PARTY.md"];
/** Read by people: sentences of the programs name them. */
const DOCUMENTS = ["README.md", "CHANGELOG.md", "SECURITY.md", ".env.example", "docs"];
/** Programs that start others, and their own parts. */
const SCRIPTS = ["scripts", "launcher"];
/** Packages that are loaded by a name that is made while Banyan runs, or by a file that starts apart. */
const LOADED_BY_NAME = ["@vscode/tree-sitter-wasm", "@cdktf/hcl2json", "elkjs"];
/** Nothing that runs reads these. */
const LEFT_OUT = [
  /\.map$/,
  /\.nft\.json$/,
  /(^|\/)\.next\/(cache|trace|trace-build|dev|types|diagnostics)(\/|$)/,
  // Pictures of the documents are larger than their texts.
  /^docs\/(pictures|decisions)\//,
  // Images are served as they are, so the program that would change their size is never loaded.
  /(^|\/)node_modules\/(sharp|@img)\//,
  // The compiler of the checkout's build.
  /(^|\/)node_modules\/(@esbuild|@next\/swc-[^/]+)\//,
];

/**
 * Returns the files, sorted, relative to the root. Programs and pages must be built. What they import is followed by
 * @vercel/nft, which Next uses for its own list of what its pages need.
 */
export async function contentsOf(root: string): Promise<string[]> {
  const files = new Set<string>();
  const isKept = (file: string) => !LEFT_OUT.some((pattern) => pattern.test(file));
  const add = (file: string) => void (isKept(file) && files.add(file));
  const own = trackedFiles(root);
  for (const file of [...filesBelow(root, "dist", isProgram), ...filesBelow(root, ".next")]) add(file);
  for (const read of [...READ, ...DOCUMENTS]) for (const file of own.filter((each) => isBelow(each, read))) add(file);
  for (const file of own.filter((each) => isScript(each))) add(file);
  for (const name of LOADED_BY_NAME) for (const file of filesBelow(root, `node_modules/${name}`)) add(file);
  for (const file of await traced(root, [...files].filter(isCode))) add(file);
  for (const file of tracedByNext(root)) add(file);
  files.delete("package.json");
  return [...files].sort();
}

/** Follows the imports of our programs; those of pages are in Next's lists. */
async function traced(root: string, entries: string[]): Promise<string[]> {
  const programs = entries.filter((file) => !file.startsWith(".next/") && !file.startsWith("node_modules/"));
  const { fileList } = await nodeFileTrace(
    programs.map((file) => path.join(root, file)),
    { base: root, processCwd: root },
  );
  return [...fileList].filter((file) => file.startsWith("node_modules/") && existsSync(path.join(root, file)));
}

function tracedByNext(root: string): string[] {
  const found = new Set<string>();
  for (const list of filesBelow(root, ".next").filter((file) => file.endsWith(".nft.json"))) {
    const { files } = JSON.parse(readFileSync(path.join(root, list), "utf8")) as { files: string[] };
    for (const file of files) found.add(path.relative(root, path.join(root, path.dirname(list), file)));
  }
  return [...found].filter((file) => file.startsWith("node_modules/"));
}

const isCode = (file: string) => /\.[cm]?js$/.test(file);

function isProgram(file: string): boolean {
  return /^dist\/[^/]+\.mjs$|^dist\/chunks\//.test(file);
}

/** Tests and what only they, the build or a checkout need are TypeScript, or are in folders of their own. */
function isScript(file: string): boolean {
  if (!file.endsWith(".mjs")) return false;
  const isOfPrograms = SCRIPTS.some((folder) => path.dirname(file) === folder);
  return isOfPrograms || /^(db|lib|agents|server)\/(?!.*testing\/)/.test(file);
}

const isBelow = (file: string, place: string) => file === place || file.startsWith(`${place}/`);

function trackedFiles(root: string): string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "-z"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return listed.split("\0").filter((file) => file !== "" && existsSync(path.join(root, file)));
}

function filesBelow(root: string, folder: string, isWanted: (file: string) => boolean = () => true): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter(isWanted);
}

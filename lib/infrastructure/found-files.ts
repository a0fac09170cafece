/** Finds the infrastructure files of a folder. Links are not followed, and each number has a limit. */
import { closeSync, lstatSync, openSync, readdirSync, readSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Findings } from "./findings";

export interface FoundFile {
  /** Below the folder, with slashes. */
  file: string;
  kind: "terraform" | "compose" | "objects";
  text: string;
}

const LEFT_OUT: ReadonlySet<string> = new Set([".git", ".terraform", "node_modules"]);
const MOST_DEPTH = 16;
const MOST_ENTRIES = 100_000;
const MOST_FILES = 500;
const MOST_BYTES = 1_000_000;
/** The beginning of a file that is too large to read, which says whether it matters. */
const BEGINNING_BYTES = 65_536;

const COMPOSE = /^(docker-)?compose(\.[\w.-]+)?\.ya?ml$|^docker-compose[\w.-]*\.ya?ml$/;
const KUSTOMIZATION = /^(kustomization\.ya?ml|Kustomization)$/;

interface Walk {
  root: string;
  findings: Findings;
  entries: number;
  files: string[];
  charts: string[];
}

/** Returns the files with their texts; what cannot be read becomes a finding. */
export function foundFiles(root: string, findings: Findings): FoundFile[] {
  const walk: Walk = { root, findings, entries: 0, files: [], charts: [] };
  into(walk, "", 0);
  for (const chart of walk.charts)
    findings.skip(join(chart, "Chart.yaml"), null, "Templates of a Helm chart become objects only with values.");
  const found: FoundFile[] = [];
  for (const file of walk.files) {
    if (isTemplate(file, walk.charts)) continue;
    const kind = kindOf(file);
    const text = kind && textOf(walk, file, kind);
    if (!kind || text === null) continue;
    if (found.length < MOST_FILES) found.push({ file, kind, text: text ?? "" });
    else findings.skip(file, null, `More than ${MOST_FILES} infrastructure files are in this commit.`);
  }
  return found;
}

/** Whether this is a file of kustomize, by its name. */
export function isKustomization(file: string): boolean {
  return KUSTOMIZATION.test(basename(file));
}

function into(walk: Walk, folder: string, depth: number): void {
  const { root, findings, files, charts } = walk;
  const names = readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of names) {
    walk.entries += 1;
    if (walk.entries === MOST_ENTRIES)
      findings.skip(
        folder || ".",
        null,
        `The commit has more than ${MOST_ENTRIES} files: those from here on were not looked for.`,
      );
    if (walk.entries >= MOST_ENTRIES) return;
    const file = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && !LEFT_OUT.has(entry.name)) {
      if (depth < MOST_DEPTH) into(walk, file, depth + 1);
      else findings.skip(file, null, `The folder is more than ${MOST_DEPTH} folders deep.`);
    } else if (entry.isSymbolicLink() && kindOf(file) !== null && !file.endsWith(".json"))
      findings.skip(file, null, "It is a link, and links are not followed.");
    else if (entry.isFile()) files.push(file);
    if (entry.name === "Chart.yaml") charts.push(folder);
  }
}

function isTemplate(file: string, charts: readonly string[]): boolean {
  return charts.some((chart) => file.startsWith(chart === "" ? "templates/" : `${chart}/templates/`));
}

function kindOf(file: string): FoundFile["kind"] | null {
  const name = basename(file);
  if (/\.tf(\.json)?$/.test(name)) return "terraform";
  if (COMPOSE.test(name)) return "compose";
  return /\.(ya?ml|json)$/.test(name) || isKustomization(file) ? "objects" : null;
}

/** Returns null for a file that is none of infrastructure, or cannot be read. */
function textOf({ root, findings }: Walk, file: string, kind: FoundFile["kind"]): string | null {
  const path = join(root, file);
  const { size } = lstatSync(path);
  const bytes = beginningOf(path, size > MOST_BYTES ? BEGINNING_BYTES : size);
  const text = bytes.toString("utf8");
  if (kind === "objects" && !isKustomization(file) && !(text.includes("apiVersion") && text.includes("kind")))
    return null;
  if (size > MOST_BYTES) findings.skip(file, null, `It has ${size} bytes, and at most ${MOST_BYTES} are read.`);
  else if (bytes.includes(0) || !isUtf8(bytes)) findings.skip(file, null, "It is no text in UTF-8.");
  else return text.replace(/^\uFEFF/, "");
  return null;
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function beginningOf(path: string, length: number): Buffer {
  const opened = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(opened, bytes, 0, length, 0));
  } finally {
    closeSync(opened);
  }
}

/** Returns the folder of a file, "" for the outermost. */
export function folderOf(file: string): string {
  const folder = dirname(file);
  return folder === "." ? "" : folder;
}

export function byFolder<Item extends { file: string }>(items: readonly Item[]): Item[][] {
  const folders = new Map<string, Item[]>();
  for (const item of items) folders.set(folderOf(item.file), [...(folders.get(folderOf(item.file)) ?? []), item]);
  return [...folders.values()];
}

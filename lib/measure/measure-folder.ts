import fs from "node:fs";
import { IgnoreRules } from "../workspace/ignore-rules";
import { isHiddenFile, openDirectory, openRegularFile } from "../workspace/open";
import { isHidden, type WorkspaceView } from "../workspace/path";
import { SKIPPED_FOLDERS, walk } from "../workspace/walk";
import { isLicenceFile, isTestFile, languageOf } from "./languages";
import { measureText, type Place, type TextMeasure } from "./measure-text";

export interface ListedFile {
  /** Relative to the measured folder. */
  path: string;
  kind: "file" | "link" | "submodule" | "other";
}

interface LanguageCount {
  name: string;
  files: number;
  bytes: number;
  lines: number;
  code_lines: number;
}

/** The result of `measure_folder`, with the names of its JSON. Paths are relative to the workspace. */
export interface FolderMeasure {
  files: number;
  bytes: number;
  lines: number;
  code_lines: number;
  languages: LanguageCount[];
  largest_files: { path: string; bytes: number }[];
  todos: { count: number; first: (Place & { path: string })[] };
  tests: { count: number; files: string[] };
  licence_headers: { files: number; source_files: number; share: number };
  licence_files: string[];
  subfolders: { name: string; files: number }[];
  /** The number of subfolders that are not listed. */
  subfolders_left_out: number;
  skipped: { binary: number; too_large: number; links: number; submodules: number; missing: number; other: number };
}

const TEXT_MAX_BYTES = 32 * 1024 * 1024;
const LARGEST = 10;
const FIRST_TODOS = 20;
const TEST_FILES_SHOWN = 100;
const LICENCE_FILES_SHOWN = 100;
const SUBFOLDERS_SHOWN = 1000;

/** Lists every file and link below a folder on disk, without .git, node_modules and what is ignored. */
export async function listOnDisk(
  view: WorkspaceView,
  parts: readonly string[],
  signal: AbortSignal,
): Promise<ListedFile[]> {
  const listed: ListedFile[] = [];
  const rules = rulesAbove(view, parts);
  const options = {
    skip: SKIPPED_FOLDERS,
    hiddenPaths: view.hiddenPaths,
    signal,
    onFolder: (path: string, fd: number) => rules.load([...parts, ...path.split("/").filter(Boolean)], fd),
    enters: (path: string) => !rules.isIgnored([...parts, ...path.split("/")], true),
  };
  for await (const entry of walk(view.root, parts, options)) {
    if (entry.kind !== "directory" && !rules.isIgnored([...parts, ...entry.path.split("/")], false))
      listed.push({ path: entry.path, kind: entry.kind });
  }
  return listed;
}

/** Returns the rules of the folders above, unless they ignore the folder: who asks for build output means its files. */
function rulesAbove(view: WorkspaceView, parts: readonly string[]): IgnoreRules {
  const rules = new IgnoreRules();
  for (const depth of parts.keys()) {
    const names = parts.slice(0, depth);
    const fd = openDirectory(view.root, names);
    try {
      rules.load(names, fd);
    } finally {
      fs.closeSync(fd);
    }
    if (rules.isIgnored(parts.slice(0, depth + 1), true)) return new IgnoreRules();
  }
  return rules;
}

/** Measures the listed files of a folder, reading each from disk. */
export async function measureFolder(
  view: WorkspaceView,
  parts: readonly string[],
  listed: readonly ListedFile[],
  options: { excludeSubfolders: boolean; signal: AbortSignal },
): Promise<FolderMeasure> {
  const measure = emptyMeasure();
  const languages = new Map<string, LanguageCount>();
  const subfolders = new Map<string, number>();
  const sizes: { path: string; bytes: number }[] = [];
  for (const file of listed) {
    const slash = file.path.indexOf("/");
    if (slash > 0 && isNameable(file.path.slice(0, slash))) {
      const name = file.path.slice(0, slash);
      subfolders.set(name, (subfolders.get(name) ?? 0) + 1);
      if (options.excludeSubfolders) continue;
    }
    options.signal.throwIfAborted();
    measure.files += 1;
    const fromRoot = [...parts, file.path].join("/");
    const bytes = await measureEntry(view, { ...file, path: fromRoot }, measure, languages);
    if (bytes !== null) sizes.push({ path: fromRoot, bytes });
  }
  measure.languages = [...languages.values()].sort((a, b) => b.code_lines - a.code_lines || b.lines - a.lines);
  measure.largest_files = sizes.sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1)).slice(0, LARGEST);
  const folders = [...subfolders].map(([name, files]) => ({ name, files })).sort((a, b) => (a.name < b.name ? -1 : 1));
  measure.subfolders = folders.slice(0, SUBFOLDERS_SHOWN);
  measure.subfolders_left_out = folders.length - measure.subfolders.length;
  const { files, source_files } = measure.licence_headers;
  measure.licence_headers.share = source_files === 0 ? 0 : Math.round((files / source_files) * 1000) / 1000;
  return measure;
}

/** A folder name that is not UTF-8 cannot be used in a path, so its files count as missing files of this folder. */
function isNameable(name: string): boolean {
  return !name.includes("\ufffd");
}

function emptyMeasure(): FolderMeasure {
  return {
    files: 0,
    bytes: 0,
    lines: 0,
    code_lines: 0,
    languages: [],
    largest_files: [],
    todos: { count: 0, first: [] },
    tests: { count: 0, files: [] },
    licence_headers: { files: 0, source_files: 0, share: 0 },
    licence_files: [],
    subfolders: [],
    subfolders_left_out: 0,
    skipped: { binary: 0, too_large: 0, links: 0, submodules: 0, missing: 0, other: 0 },
  };
}

/** Adds one file to the measure and returns its size, or null when it was skipped. */
async function measureEntry(
  view: WorkspaceView,
  file: ListedFile,
  measure: FolderMeasure,
  languages: Map<string, LanguageCount>,
): Promise<number | null> {
  if (file.kind === "link") measure.skipped.links += 1;
  if (file.kind === "submodule") measure.skipped.submodules += 1;
  if (file.kind === "other") measure.skipped.other += 1;
  if (file.kind !== "file") return null;
  const opened = openListed(view, file.path);
  if (!opened) {
    measure.skipped.missing += 1;
    return null;
  }
  try {
    const bytes = opened.stat.size;
    measure.bytes += bytes;
    noteByName(file.path, measure);
    if (bytes > TEXT_MAX_BYTES) {
      measure.skipped.too_large += 1;
      return bytes;
    }
    const wanted = FIRST_TODOS - measure.todos.first.length;
    const text = await measureText(opened.fd, languageOf(nameOf(file.path)), wanted);
    if (text.binary) measure.skipped.binary += 1;
    else addText(file.path, bytes, text, measure, languages);
    return bytes;
  } finally {
    fs.closeSync(opened.fd);
  }
}

function noteByName(path: string, measure: FolderMeasure): void {
  if (isTestFile(path)) {
    measure.tests.count += 1;
    if (measure.tests.files.length < TEST_FILES_SHOWN) measure.tests.files.push(path);
  }
  if (isLicenceFile(nameOf(path)) && measure.licence_files.length < LICENCE_FILES_SHOWN)
    measure.licence_files.push(path);
}

function addText(
  path: string,
  bytes: number,
  text: TextMeasure,
  measure: FolderMeasure,
  languages: Map<string, LanguageCount>,
): void {
  measure.lines += text.lines;
  measure.code_lines += text.codeLines;
  measure.todos.count += text.todoLines;
  measure.todos.first.push(...text.firstTodos.map((place) => ({ path, ...place })));
  const language = languageOf(nameOf(path));
  if (language?.programming) {
    measure.licence_headers.source_files += 1;
    measure.licence_headers.files += text.licenceHeader ? 1 : 0;
  }
  const name = language?.name ?? "Other";
  const count = languages.get(name) ?? { name, files: 0, bytes: 0, lines: 0, code_lines: 0 };
  count.files += 1;
  count.bytes += bytes;
  count.lines += text.lines;
  count.code_lines += text.codeLines;
  languages.set(name, count);
}

/** Returns null when the file is hidden, missing, or was swapped since it was listed. */
function openListed(view: WorkspaceView, path: string): { fd: number; stat: fs.Stats } | null {
  const parts = path.split("/");
  if (isHidden(view, parts)) return null;
  const name = parts.pop() ?? "";
  try {
    const directoryFd = openDirectory(view.root, parts);
    try {
      const opened = openRegularFile(directoryFd, name);
      if (!isHiddenFile(view, opened.stat)) return opened;
      fs.closeSync(opened.fd);
      return null;
    } finally {
      fs.closeSync(directoryFd);
    }
  } catch {
    return null;
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

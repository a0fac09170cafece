/**
 * Decides which files a search skips, by ripgrep's rules: `.gitignore`, `.ignore` and `.rgignore` in every folder,
 * deeper folders first, and in a file the last matching rule. Of the three kinds, the later ones in this list win.
 * `.gitignore` counts without a repository around it too, because copies of repositories come without their `.git`.
 * Not the package `ignore`: it builds regular expressions from hostile rules (`a/**\/` nine times takes 20 s per path),
 * and always checks parent folders too.
 */
import fs from "node:fs";
import { matchName, matchNames, splitNames } from "./glob";
import { openChildDirectory, openRegularFile } from "./open";

interface Rule {
  isNegated: boolean;
  foldersOnly: boolean;
  /** Whether it matches all names from the rule's folder on; otherwise the last name alone. */
  isAnchored: boolean;
  names: string[];
}

const KINDS = [".rgignore", ".ignore", ".gitignore", "exclude"] as const;
type Kind = (typeof KINDS)[number];

interface FolderRules {
  rules: Map<Kind, Rule[]>;
  /** A repository of its own, so git's rules of the folders above do not apply. */
  isRepository: boolean;
  /** The length of the rules here and in every folder above. */
  characters: number;
}

/**
 * Limits on rules, because each name is compared with every rule above it and hostile rules could make that endless.
 */
export const IGNORE_FILE_MAX_BYTES = 128 * 1024;
const CHARACTERS_ABOVE_MAX = 256 * 1024;

export class IgnoreRules {
  /** Rules by the folder's path below the root. */
  private readonly folders = new Map<string, FolderRules>();

  /** Reads the rules in an open folder. Links, pipes and too large files are ignored. */
  load(names: readonly string[], directoryFd: number): void {
    const { isRepository, exclude } = readGitFolder(directoryFd);
    const texts = [".rgignore", ".ignore", ".gitignore"].map((kind) => readSmallFile(directoryFd, kind));
    this.add(names, [...texts, exclude], isRepository);
  }

  /** Adds the rules of a folder's `.gitignore`, for a folder that is not on disk. */
  addGitIgnore(names: readonly string[], text: string): void {
    this.add(names, [null, null, text.length > IGNORE_FILE_MAX_BYTES ? null : text, null], false);
  }

  /** `texts`: one for each of `KINDS`. */
  private add(names: readonly string[], texts: readonly (string | null)[], isRepository: boolean): void {
    const rules = new Map<Kind, Rule[]>();
    let characters = this.charactersAbove(names);
    for (const [index, text] of texts.entries()) {
      const kind = KINDS[index];
      if (text === null || kind === undefined || characters + text.length > CHARACTERS_ABOVE_MAX) continue;
      characters += text.length;
      rules.set(kind, parseRules(text));
    }
    if (rules.size > 0 || isRepository) this.folders.set(names.join("/"), { rules, isRepository, characters });
  }

  private charactersAbove(names: readonly string[]): number {
    for (let depth = names.length - 1; depth >= 0; depth--) {
      const folder = this.folders.get(names.slice(0, depth).join("/"));
      if (folder) return folder.characters;
    }
    return 0;
  }

  isIgnored(names: readonly string[], isFolder: boolean): boolean {
    if (this.folders.size === 0) return false;
    for (const kind of KINDS) {
      const decision = this.decide(kind, names, isFolder);
      if (decision !== null) return decision;
    }
    return false;
  }

  /** Whether the path, or a folder above it, is ignored. */
  ignores(names: readonly string[], isFolder: boolean): boolean {
    return names.some((_, index) => this.isIgnored(names.slice(0, index + 1), isFolder || index < names.length - 1));
  }

  private decide(kind: Kind, names: readonly string[], isFolder: boolean): boolean | null {
    const isGits = kind === ".gitignore" || kind === "exclude";
    for (let depth = names.length - 1; depth >= 0; depth--) {
      const folder = this.folders.get(names.slice(0, depth).join("/"));
      if (!folder) continue;
      const rules = folder.rules.get(kind) ?? [];
      const rule = rules.findLast((rule) => applies(rule, names.slice(depth), isFolder));
      if (rule) return !rule.isNegated;
      if (isGits && folder.isRepository) return null;
    }
    return null;
  }
}

function applies(rule: Rule, names: readonly string[], isFolder: boolean): boolean {
  if (rule.foldersOnly && !isFolder) return false;
  return rule.isAnchored ? matchNames(rule.names, names) : matchName(rule.names[0] ?? "", names.at(-1) ?? "");
}

function parseRules(text: string): Rule[] {
  const rules: Rule[] = [];
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const rule = parseRule(line);
    if (rule) rules.push(rule);
  }
  return rules;
}

function parseRule(line: string): Rule | null {
  if (line.startsWith("#")) return null;
  let pattern = withoutTrailingSpaces(line);
  const isNegated = pattern.startsWith("!");
  if (isNegated) pattern = pattern.slice(1);
  const foldersOnly = pattern.endsWith("/");
  const names = splitNames(pattern);
  if (names.length === 0) return null;
  const isAnchored = pattern.slice(0, -1).includes("/");
  // `a/**` matches everything in a, but not a itself.
  if (names.at(-1) === "**" && names.length > 1) names.push("*");
  return { isNegated, foldersOnly, isAnchored, names };
}

/** A trailing space counts only after a backslash. */
function withoutTrailingSpaces(line: string): string {
  let end = line.length;
  while (line[end - 1] === " " && line[end - 2] !== "\\") end -= 1;
  return line.slice(0, end);
}

function readGitFolder(directoryFd: number): { isRepository: boolean; exclude: string | null } {
  const git = openOrNull(directoryFd, ".git");
  if (git === null) return { isRepository: false, exclude: null };
  const info = openOrNull(git, "info");
  try {
    return { isRepository: true, exclude: info === null ? null : readSmallFile(info, "exclude") };
  } finally {
    fs.closeSync(git);
    if (info !== null) fs.closeSync(info);
  }
}

function openOrNull(directoryFd: number, name: string): number | null {
  try {
    return openChildDirectory(directoryFd, name);
  } catch {
    return null;
  }
}

function readSmallFile(directoryFd: number, name: string): string | null {
  let fd: number;
  try {
    fd = openRegularFile(directoryFd, name).fd;
  } catch {
    return null;
  }
  try {
    const buffer = Buffer.allocUnsafe(IGNORE_FILE_MAX_BYTES + 1);
    const length = fs.readSync(fd, buffer, 0, buffer.length, 0);
    return length > IGNORE_FILE_MAX_BYTES ? null : buffer.toString("utf8", 0, length);
  } catch {
    return null;
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * Whether settings of a repository may have git run a program. What may is a long list that grows with git, so the other one is kept:
 * settings that only say how a repository lies there. Anything else, and anything that this cannot read as git does, counts.
 */

/** By section: its keys, in lower case. */
const HARMLESS: Readonly<Record<string, readonly string[]>> = {
  core: [
    ...[
      "repositoryformatversion",
      "filemode",
      "bare",
      "logallrefupdates",
      "ignorecase",
      "precomposeunicode",
      "symlinks",
    ],
    ...["autocrlf", "eol", "safecrlf", "quotepath", "sharedrepository", "compression", "abbrev", "untrackedcache"],
    ...["protecthfs", "protectntfs", "commentchar", "whitespace", "sparsecheckout", "sparsecheckoutcone", "longpaths"],
  ],
  user: ["name", "email", "signingkey", "useconfigonly"],
  remote: ["url", "pushurl", "fetch", "push", "mirror", "tagopt", "prune", "promisor", "partialclonefilter"],
  branch: ["remote", "merge", "rebase", "pushremote", "description"],
  submodule: ["url", "active", "branch", "ignore", "shallow"],
  init: ["defaultbranch"],
  pull: ["rebase", "ff"],
  push: ["default", "followtags", "autosetupremote"],
  merge: ["conflictstyle", "ff"],
  rebase: ["autostash", "autosquash"],
  extensions: ["objectformat", "refstorage", "partialclone", "worktreeconfig", "compatobjectformat"],
  gc: ["auto", "autodetach"],
  index: ["version", "threads"],
  feature: ["manyfiles", "experimental"],
  commit: ["gpgsign"],
  tag: ["gpgsign"],
  fetch: ["prune", "prunetags"],
  status: ["showuntrackedfiles"],
  diff: ["renames", "algorithm"],
};

const HEADER = /^\[\s*([A-Za-z0-9-]+)(?:\.[A-Za-z0-9.-]+)?(?:[ \t]+"(?:[^"\\]|\\["\\])*")?\s*\]/;
const SETTING = /^([A-Za-z][A-Za-z0-9-]*)[ \t]*(?:=[ \t]*(.*))?$/;

/** `mayWork`: whether a repository may have its files in a folder that is not the one around it, as that of a submodule does. */
export function mayRun(settings: string, mayWork: (folder: string) => boolean = () => false): boolean {
  let section: readonly string[] | undefined;
  for (const line of settings.replace(/^\uFEFF/, "").split("\n")) {
    let rest = line.replace(/^[ \t\r]+|[ \t\r]+$/g, "");
    // A value that goes on in the next line, which nothing writes by itself: not read as git reads it.
    if (rest.endsWith("\\")) return true;
    for (let header = HEADER.exec(rest); header; header = HEADER.exec(rest)) {
      section = HARMLESS[(header[1] ?? "").toLowerCase()];
      rest = rest.slice(header[0].length).replace(/^[ \t]+/, "");
      if (!section && rest === "") break;
    }
    if (rest === "" || rest.startsWith("#") || rest.startsWith(";")) continue;
    const [, key, value = ""] = SETTING.exec(rest) ?? [];
    if (section === HARMLESS.core && key?.toLowerCase() === "worktree" && mayWork(value)) continue;
    if (key === undefined || !section?.includes(key.toLowerCase())) return true;
    // Addresses such as `ext::sh -c …` name a program.
    if (value.includes("::")) return true;
  }
  return false;
}

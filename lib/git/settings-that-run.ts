/**
 * Whether settings of a repository may make git run a program. The list of settings that run programs is long and grows
 * with git, so this keeps the opposite list: settings that only describe how a repository is stored. Any other setting
 * counts as dangerous, and so does anything that this cannot parse as git does.
 */

/** Keys in lower case, by section. */
const HARMLESS: Readonly<Record<string, readonly string[]>> = {
  core: [
    "repositoryformatversion",
    "filemode",
    "bare",
    "logallrefupdates",
    "ignorecase",
    "precomposeunicode",
    "symlinks",
    "autocrlf",
    "eol",
    "safecrlf",
    "quotepath",
    "sharedrepository",
    "compression",
    "abbrev",
    "untrackedcache",
    "protecthfs",
    "protectntfs",
    "commentchar",
    "whitespace",
    "sparsecheckout",
    "sparsecheckoutcone",
    "longpaths",
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

/** `mayWork`: whether a repository may keep its files in another folder than the one around it, as a submodule does. */
export function mayRun(settings: string, mayWork: (folder: string) => boolean = () => false): boolean {
  let section: readonly string[] | undefined;
  for (const line of settings.replace(/^\uFEFF/, "").split("\n")) {
    let rest = line.replace(/^[ \t\r]+|(?<![ \t\r])[ \t\r]+$/g, "");
    // A value that continues on the next line, which git never writes itself and this does not parse.
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

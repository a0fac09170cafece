/**
 * What a shell command does that cannot be taken back, or that reaches beyond its folder. Pure. It knows programs by their
 * names and words, so it can only raise what a person is told: a command that it does not know is judged by its level.
 */
import { DANGERS, type Danger } from "@/core/log/terms";
import { type Command, commandsOf, INTERPRETERS, scriptsIn } from "./shell-commands";

/**
 * Dangers that people can inspect or undo; the effects of all others are lost or visible to others once the command has
 * run.
 */
const MEDIUM: ReadonlySet<Danger> = new Set<Danger>(["push", "send", "install", "end_processes"]);

export function isHigh(danger: Danger): boolean {
  return !MEDIUM.has(danger);
}

/** Returns what the commands in a call's arguments do. */
export function dangersInCall(input: unknown): Danger[] {
  const found = new Set(scriptsIn(input).flatMap(dangersOf));
  return DANGERS.filter((danger) => found.has(danger));
}

type Sees = (args: readonly string[]) => Danger | null;

/** Returns the dangers of the script, most serious first, each once. */
export function dangersOf(script: string): Danger[] {
  const found = new Set(commandsOf(script).flatMap((command) => dangerOf(command) ?? []));
  return DANGERS.filter((danger) => found.has(danger));
}

/** Returns what one command does; null: nothing that this table knows. */
export function dangerOf({ program, args, fedBy }: Command): Danger | null {
  if (fedBy !== null && FETCHERS.has(fedBy) && INTERPRETERS.has(program)) return "downloaded_code";
  if (/^mkfs/.test(program)) return "disk";
  return (Object.hasOwn(PROGRAMS, program) && PROGRAMS[program]?.(args)) || null;
}

export const FETCHERS = new Set(["curl", "wget", "fetch"]);

const always = (danger: Danger) => () => danger;
const has = (args: readonly string[], ...wanted: string[]) => args.some((arg) => wanted.includes(arg));
/** Whether a short option is among the arguments, also in a group such as -rf. */
const flag = (args: readonly string[], letter: string) =>
  args.some((arg) => new RegExp(`^-[A-Za-z]*${letter}[A-Za-z]*$`).test(arg));
const words = (args: readonly string[]) => args.filter((arg) => !arg.startsWith("-"));

const git: Sees = (args) => {
  const [command, ...rest] = words(gitArguments(args));
  switch (command) {
    case "push":
      if (has(args, "--delete") || flag(args, "d") || rest.some((arg) => arg.startsWith(":"))) return "remote_delete";
      return flag(args, "f") || args.some((arg) => /^--(force|mirror|prune)/.test(arg)) || rest.some(isForced)
        ? "force_push"
        : "push";
    case "reset":
      return has(args, "--hard") ? "discard" : null;
    case "clean":
      return flag(args, "f") || has(args, "--force") ? "discard" : null;
    case "checkout":
    case "switch":
      return has(args, "--", "--force") || flag(args, "f") || rest.includes(".") ? "discard" : null;
    case "restore":
      return has(args, "--staged") && !has(args, "--worktree") ? null : "discard";
    case "stash":
      return rest[0] === "drop" || rest[0] === "clear" ? "discard" : null;
    case "branch":
    case "tag":
      return flag(args, "D") || (command === "tag" && flag(args, "d")) ? "discard" : null;
    case "filter-branch":
    case "filter-repo":
    case "reflog":
    case "gc":
      return command === "reflog" && rest[0] !== "expire" && rest[0] !== "delete" ? null : "discard";
    case "rebase":
      return has(args, "--abort", "--continue") ? null : "discard";
    default:
      return null;
  }
};

const isForced = (refspec: string) => refspec.startsWith("+");

/** Leaves out options before git's command that take a value. */
function gitArguments(args: readonly string[]): string[] {
  const [first, second, ...rest] = args;
  if (first === "-C" || first === "-c") return gitArguments(rest);
  return first?.startsWith("-") ? gitArguments([second ?? "", ...rest]) : [...args];
}

/** Whether a path leads out of the folder, or takes everything in it. */
const isWide = (path: string) => /^(\/|~|\$|\.\.?(\/|$)|\*)/.test(path) || path.includes("/../");

const rm: Sees = (args) => {
  const isRecursive = flag(args, "r") || flag(args, "R") || has(args, "--recursive");
  return isRecursive || words(args).some(isWide) ? "delete" : null;
};

const find: Sees = (args) => {
  const at = args.findIndex((arg) => arg === "-exec" || arg === "-execdir");
  return has(args, "-delete") || (at >= 0 && has(args.slice(at), "rm", "shred", "unlink")) ? "delete" : null;
};

/** A client of a database whose arguments hold SQL that removes. */
const sql: Sees = (args) =>
  args.some((arg) => /\b(drop|truncate|delete\s+from|alter\s+table)\b/i.test(arg)) ? "database" : null;

/** Danger of the first words of the arguments, for programs that name what they do. */
const verbs =
  (danger: Danger, ...wanted: string[]): Sees =>
  (args) =>
    words(args)
      .slice(0, 3)
      .some((word) => wanted.includes(word))
      ? danger
      : null;

const either =
  (...all: Sees[]): Sees =>
  (args) => {
    for (const detect of all) {
      const danger = detect(args);
      if (danger) return danger;
    }
    return null;
  };

const packages = either(
  verbs("publish", "publish", "unpublish", "deprecate"),
  verbs("install", "install", "i", "add", "exec", "dlx", "create"),
);
const cloud = verbs(
  "infrastructure",
  ..."delete destroy terminate remove rm rb apply deploy create update scale drain up down".split(" "),
  ..."terminate-instances delete-bucket delete-stack stop-instances".split(" "),
);

const curl: Sees = (args) => {
  const method = args.find((arg, at) => /^(-X|--request)$/.test(args[at - 1] ?? "") || /^-X[A-Z]/.test(arg));
  const isSending = args.some((arg) => /^(-d|-F|-T|--data|--form|--upload-file|--json|--post)/.test(arg));
  return isSending || /(POST|PUT|PATCH|DELETE)$/.test(method ?? "") ? "send" : null;
};

const PROGRAMS: Readonly<Record<string, Sees>> = {
  git,
  rm,
  find,
  shred: always("delete"),
  truncate: always("delete"),
  unlink: always("delete"),
  rsync: either(
    (args) => (args.some((arg) => /^--del/.test(arg)) ? "delete" : null),
    (args) => (args.some((arg) => /^[^/]+:/.test(arg)) ? "other_machine" : null),
  ),
  npm: packages,
  pnpm: packages,
  yarn: packages,
  bun: packages,
  npx: always("install"),
  pip: verbs("install", "install"),
  pip3: verbs("install", "install"),
  uv: either(verbs("publish", "publish"), verbs("install", "install", "add")),
  poetry: either(verbs("publish", "publish"), verbs("install", "install", "add")),
  cargo: either(verbs("publish", "publish", "yank"), verbs("install", "install", "add")),
  gem: either(verbs("publish", "push", "yank"), verbs("install", "install")),
  go: verbs("install", "install", "get"),
  twine: verbs("publish", "upload"),
  apt: verbs("install", "install", "remove", "purge", "upgrade"),
  "apt-get": verbs("install", "install", "remove", "purge", "upgrade"),
  brew: verbs("install", "install", "uninstall", "upgrade"),
  gh: either(verbs("remote_delete", "delete"), verbs("publish", "create", "merge", "upload", "close")),
  docker: either(verbs("publish", "push"), verbs("infrastructure", "prune", "rm", "rmi", "stop", "kill", "down")),
  podman: either(verbs("publish", "push"), verbs("infrastructure", "prune", "rm", "rmi", "stop", "kill")),
  psql: sql,
  mysql: sql,
  mariadb: sql,
  sqlite3: sql,
  duckdb: sql,
  mongosh: (args) => (args.some((arg) => /drop|deleteMany|remove\(/.test(arg)) ? "database" : null),
  dropdb: always("database"),
  "redis-cli": (args) => (args.some((arg) => /^(flushall|flushdb|del)$/i.test(arg)) ? "database" : null),
  prisma: verbs("database", "reset", "push"),
  terraform: verbs("infrastructure", "apply", "destroy", "import", "taint"),
  tofu: verbs("infrastructure", "apply", "destroy", "import", "taint"),
  pulumi: verbs("infrastructure", "up", "destroy", "cancel"),
  kubectl: verbs("infrastructure", ..."apply delete drain scale patch replace edit rollout create exec".split(" ")),
  helm: verbs("infrastructure", "install", "upgrade", "uninstall", "rollback", "delete"),
  aws: cloud,
  gcloud: cloud,
  az: cloud,
  flyctl: cloud,
  heroku: cloud,
  vercel: always("infrastructure"),
  systemctl: verbs("infrastructure", "stop", "disable", "restart", "mask", "start", "enable"),
  shutdown: always("infrastructure"),
  reboot: always("infrastructure"),
  ssh: always("other_machine"),
  scp: always("other_machine"),
  sftp: always("other_machine"),
  nc: always("send"),
  curl,
  wget: (args) => (args.some((arg) => /^--(post|method|body)/.test(arg)) ? "send" : null),
  sudo: always("privileges"),
  doas: always("privileges"),
  su: always("privileges"),
  chmod: (args) => (flag(args, "R") || args.some((arg) => /^[ug]?\+s$|777$/.test(arg)) ? "privileges" : null),
  chown: (args) => (flag(args, "R") || words(args).some(isWide) ? "privileges" : null),
  dd: (args) => (args.some((arg) => arg.startsWith("of=/dev/")) ? "disk" : null),
  fdisk: always("disk"),
  parted: always("disk"),
  crontab: always("scheduled"),
  at: always("scheduled"),
  kill: always("end_processes"),
  pkill: always("end_processes"),
  killall: always("end_processes"),
};

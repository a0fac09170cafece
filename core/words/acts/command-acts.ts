/**
 * Names what a shell command does, as a title. Pure. A command is named only when each of its words is understood: a word
 * that is left out of a title could change what the command does. Otherwise the title shows the command itself.
 */
import { DANGERS, type Danger } from "@/core/log/terms";
import { dangerOf, FETCHERS } from "@/core/rules/command-dangers";
import { type Command, commandsOf, INTERPRETERS, PRIVILEGED, UNREAD } from "@/core/rules/shell-commands";
import { plural } from "../figures";
import { inCode, isPlainWord, listed } from "./quoted";

/** What a command does. */
export interface NamedAct {
  verb: string;
  object: string;
  /** What a title adds and a button leaves out, such as " to origin". */
  where: string;
}

/** Returns the act, such as “Force-push main to origin”, or “Run `make deploy`”. */
export function commandAct(script: string): string {
  const { folder, commands } = fromFolder(commandsOf(script));
  const act = namedAct(commands);
  if (act === null) return `Run ${inCode(withoutLead(script))}`;
  const { verb, object, where, others } = act;
  const more = others > 0 ? `, and run ${plural(others, "more command")}` : "";
  return `${verb} ${object}${where}${folder && ` in ${folder}`}${more}`;
}

/** Leaves out comments before the first command: a title has room for one line, which must not be what an agent says of it. */
function withoutLead(script: string): string {
  return script.replace(/^(?:\s*#[^\n]*\n)+(?=\s*\S)/, "").trim();
}

/** Returns what the command does; null when its words are not understood, or when it does more than one thing. */
export function onlyActOf(script: string): NamedAct | null {
  const act = namedAct(fromFolder(commandsOf(script)).commands);
  return act?.others === 0 ? act : null;
}

/** Names the most serious of the commands, and counts the others. */
function namedAct(commands: readonly Command[]): (NamedAct & { others: number }) | null {
  const [first, second] = commands;
  if (first === undefined || commands.some(({ program }) => TURNS_OTHERS.has(program))) return null;
  const host = commands.length === 2 && second ? runsFrom(first, second) : null;
  if (host !== null) return { ...act("Run", `a script from ${host}`), others: 0 };
  const main = second === undefined ? first : mostSerious(commands);
  const named = main && actOf(main);
  return named && { ...named, others: commands.length - 1 };
}

function act(verb: string, object: string, where = ""): NamedAct {
  return { verb, object, where };
}

/** Programs that change what the commands after them do, and what no shell may read as it is read here. */
const TURNS_OTHERS = new Set([UNREAD, ...PRIVILEGED, "su", "cd", "pushd", "export", "alias", "source", ".", "set"]);

/** Takes a change into a folder from the beginning. Any other change of the folder counts as a command. */
function fromFolder(commands: readonly Command[]): { folder: string; commands: readonly Command[] } {
  const [first, ...rest] = commands;
  const [folder = "", ...more] = first?.args ?? [];
  const isCd = first?.program === "cd" && !first.isPrefixed && !first.isRedirected && more.length === 0;
  return isCd && isPlainWord(folder) && rest.length > 0 ? { folder, commands: rest } : { folder: "", commands };
}

function mostSerious(commands: readonly Command[]): Command | null {
  const rank = (danger: Danger | null) => (danger === null ? DANGERS.length : DANGERS.indexOf(danger));
  const ranked = commands.map((command) => ({ command, at: rank(dangerOf(command)) })).sort((a, b) => a.at - b.at);
  const [most] = ranked;
  return most && most.at < DANGERS.length ? most.command : null;
}

/** Returns the host whose answer an interpreter runs; null: it is no such pair, or the host is not plain to see. */
function runsFrom(fetcher: Command, runner: Command): string | null {
  if (
    !FETCHERS.has(fetcher.program) ||
    runner.fedBy !== fetcher.program ||
    runner.isPrefixed ||
    !INTERPRETERS.has(runner.program)
  )
    return null;
  const urls = fetcher.args.filter((arg) => /^https?:\/\//.test(arg) && URL.canParse(arg));
  const host = urls.length === 1 ? new URL(urls[0] ?? "").host : "";
  return isPlainWord(host) ? host : null;
}

/** Returns the act of one command; null when a word of it is not understood. */
function actOf(command: Command): NamedAct | null {
  const { program, args, fedBy, isRedirected, isPrefixed } = command;
  if (fedBy !== null || isRedirected || isPrefixed || !Object.hasOwn(ACTS, program)) return null;
  return ACTS[program]?.(args, dangerOf(command)) ?? null;
}

type Names = (args: readonly string[], danger: Danger | null) => NamedAct | null;

/**
 * Returns the arguments that are no options; null when an option is not among those that do not change what the act is
 * about, or when a word is not plain. Options with one dash may be written together.
 */
function named(args: readonly string[], options: string): string[] | null {
  const known = new Set(options.split(" "));
  const isKnown = (arg: string) =>
    known.has(arg) || (/^-[A-Za-z]{2,}$/.test(arg) && [...arg.slice(1)].every((letter) => known.has(`-${letter}`)));
  const words = args.filter((arg) => !arg.startsWith("-"));
  const isUnderstood = args.every((arg) => !arg.startsWith("-") || isKnown(arg)) && words.every(isPlainWord);
  return isUnderstood ? words : null;
}

const PUSH =
  "-f --force --force-with-lease -u --set-upstream --tags --all --mirror --delete -d -v --verbose -q --quiet --porcelain";

function push(args: readonly string[], danger: Danger | null): NamedAct | null {
  const words = named(args, PUSH);
  if (words === null) return null;
  const [remote, ...given] = words;
  const refs = given.map((ref) => ref.replace(/^[+:]/, "").replace(":", " as "));
  const place = remote ?? "its remote";
  if (danger === "remote_delete") {
    const isAll = args.includes("--delete") || args.includes("-d") || given.every((ref) => ref.startsWith(":"));
    return isAll && refs.length > 0 ? act("Delete", listed(refs), ` on ${place}`) : null;
  }
  const tags = args.includes("--tags") ? ["all tags"] : [];
  const what = args.includes("--mirror")
    ? "everything"
    : args.includes("--all")
      ? listed(["all branches", ...tags])
      : listed([...(refs.length > 0 ? refs : tags.length > 0 ? [] : ["the current branch"]), ...tags]);
  return act(danger === "force_push" ? "Force-push" : "Push", what, ` to ${place}`);
}

const ABOUT = "-v --verbose -q --quiet";

const GIT: Readonly<Record<string, Names>> = {
  push,
  reset(args, danger) {
    const words = named(args, `--hard ${ABOUT}`);
    if (danger !== "discard" || words === null || words.length > 1) return null;
    return act("Discard", "all changes", words[0] && words[0] !== "HEAD" ? ` and reset to ${words[0]}` : "");
  },
  clean(args, danger) {
    const words = named(args, `-f --force -d -x -X ${ABOUT}`);
    return danger === "discard" && words?.length === 0 ? act("Delete", "untracked files") : null;
  },
  branch(args, danger) {
    const words = named(args, `-D ${ABOUT}`);
    return danger === "discard" && words && words.length > 0 ? act("Delete", `the branch ${listed(words)}`) : null;
  },
  tag(args, danger) {
    const words = named(args, "-d --delete");
    return danger === "discard" && words && words.length > 0 ? act("Delete", `the tag ${listed(words)}`) : null;
  },
  stash(args, danger) {
    const words = named(args, ABOUT);
    return danger === "discard" && words?.length === 1 ? act("Delete", "stashed changes") : null;
  },
  merge: onOne("Merge", "--no-ff --ff-only --no-edit"),
  clone: onOne("Clone", ABOUT),
};

/** Names an act with exactly one object. */
function onOne(verb: string, options: string, kind = ""): Names {
  return (args) => {
    const words = named(args, options);
    return words?.length === 1 ? act(verb, `${kind}${words[0]}`) : null;
  };
}

function git([command = "", ...rest]: readonly string[], danger: Danger | null): NamedAct | null {
  return Object.hasOwn(GIT, command) ? (GIT[command]?.(rest, danger) ?? null) : null;
}

/** Names the act of a package manager. `manifest`: what it installs when no package is named; null: nothing. */
function packages(
  manifest: string | null,
  verbs: { install: string; remove?: string; publish?: string },
  options: string,
): Names {
  const { install, remove = "", publish = "" } = verbs;
  const isAmong = (verbs: string, verb: string) => verbs.split(" ").includes(verb);
  return ([verb = "", ...rest]) => {
    const words = named(rest, options);
    if (words === null) return null;
    if (isAmong(install, verb)) {
      if (words.length > 0) return act("Install", listed(words));
      return manifest === null ? null : act("Install", `the packages of ${manifest}`);
    }
    if (isAmong(remove, verb)) return words.length > 0 ? act("Uninstall", listed(words)) : null;
    return isAmong(publish, verb) && words.length === 0 ? act("Publish", "the package in this folder") : null;
  };
}

const NODE_OPTIONS =
  "-D --save-dev -S --save -P -E --save-exact --no-save --ignore-scripts --no-audit --no-fund --silent --legacy-peer-deps -y --yes --frozen-lockfile";
const node = packages(
  "package.json",
  { install: "install i add ci", remove: "uninstall remove rm un", publish: "publish" },
  NODE_OPTIONS,
);
const PIP_OPTIONS = "-U --upgrade -q --quiet --user --no-cache-dir --pre -y --yes";

function pip(args: readonly string[]): NamedAct | null {
  const [verb, option, file, ...rest] = args;
  if (verb === "install" && (option === "-r" || option === "--requirement"))
    return file !== undefined && isPlainWord(file) && rest.length === 0
      ? act("Install", `the packages of ${file}`)
      : null;
  return packages(null, { install: "install", remove: "uninstall" }, PIP_OPTIONS)(args, null);
}

const ACTS: Readonly<Record<string, Names>> = {
  git,
  npm: node,
  pnpm: node,
  yarn: node,
  bun: node,
  pip,
  pip3: pip,
  poetry: packages("pyproject.toml", { install: "install add", remove: "remove", publish: "publish" }, "-q --quiet"),
  cargo: packages("Cargo.toml", { install: "add", remove: "remove", publish: "publish" }, "-q --quiet --locked"),
  apt: packages(null, { install: "install", remove: "remove purge" }, "-y --yes -q --quiet --no-install-recommends"),
  "apt-get": packages(
    null,
    { install: "install", remove: "remove purge" },
    "-y --yes -q --quiet --no-install-recommends",
  ),
  docker([verb, ...rest]) {
    return verb === "push" ? onOne("Push", "-q --quiet", "the image ")(rest, null) : null;
  },
  rm(args) {
    const words = named(args, "-r -R --recursive -f --force -v --verbose");
    return words && words.length > 0 ? act("Delete", listed(words)) : null;
  },
};

/**
 * Makes the title of a review item: what is decided, as an action. All entry points show it: pages, command line, MCP,
 * editors, webhooks. An agent's words follow words of ours, or are in backquotes. Pure.
 */
import { scriptsIn } from "@/core/rules/shell-commands";
import type { ReviewItem } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { isAskOfCall } from "../asks";
import { plain } from "../figures";
import { withoutDisguise } from "../visible";
import { commandAct, type NamedAct, onlyActOf } from "./command-acts";
import { inCode, isPlainWord, nameOf } from "./quoted";

type Asked = Pick<Review, "kind" | "title" | "tool" | "evidence">;

export function actOf(review: Asked): string {
  switch (review.kind) {
    case "question":
      return `Answer: ${firstSentence(review.title)}`;
    case "flag":
      return `Flag: ${firstSentence(review.title)}`;
    case "change":
      return `Accept a change: ${firstSentence(review.title)}`;
    case "proposal":
      // The host writes it when a task proposes something; names are checked then.
      return oneLine(review.title);
    case "approval":
      return approvalAct(review);
  }
}

/** What approving does, as its button says it: “Force-push main”. Without an object the button says no more than “Approve”. */
export function buttonOf(review: Asked): ReviewItem["button"] {
  if (review.kind === "flag") return { verb: "Dealt with", object: "" };
  const act = review.kind === "approval" ? shortAct(review) : null;
  const isShort = act !== null && act.verb.length + act.object.length < MOST_ON_BUTTON;
  return isShort ? { verb: act.verb, object: act.object } : { verb: "Approve", object: "" };
}

/** A longer button would leave no room for the others. */
const MOST_ON_BUTTON = 32;

function shortAct({ tool, evidence }: Asked): Pick<NamedAct, "verb" | "object"> | null {
  const input = argumentsIn(evidence);
  if (isAskOfCall({ tool }) || tool === "use_terminal") {
    const [script, ...others] = scriptsIn(input);
    return script !== undefined && others.length === 0 ? onlyActOf(script) : null;
  }
  const branch = text(input?.branch);
  if (tool !== "git_operations" || input?.operation !== "push" || branch === null) return null;
  return isPlainWord(branch) ? { verb: "Push", object: branch } : null;
}

function approvalAct({ title, tool, evidence }: Asked): string {
  const input = argumentsIn(evidence);
  const [script, ...others] = scriptsIn(input);
  if (isAskOfCall({ tool }))
    return script !== undefined && others.length === 0 ? commandAct(script) : `Allow ${inCode(title)}`;
  return toolAct(tool ?? "a tool", input);
}

/** Returns null when the arguments were cut. */
function argumentsIn(evidence: string | null): Record<string, unknown> | null {
  try {
    const given: unknown = JSON.parse(evidence ?? "");
    return typeof given === "object" && given !== null && !Array.isArray(given) ? { ...given } : null;
  } catch {
    return null;
  }
}

type Input = Readonly<Record<string, unknown>>;
type Names = (input: Input) => string | null;

function toolAct(tool: string, input: Input | null): string {
  const act = input && Object.hasOwn(TOOLS, tool) ? TOOLS[tool]?.(input) : null;
  return act ?? callAct(tool, input);
}

/** A tool that no table names: its name, and the first text that it is called with. */
function callAct(tool: string, input: Input | null): string {
  const first = Object.values(input ?? {}).find((value) => typeof value === "string" && value.trim() !== "");
  return `Call ${nameOf(tool)}${first === undefined ? "" : ` with ${inCode(String(first))}`}`;
}

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** Names an act on what one argument says. */
const on =
  (verb: string, name: string): Names =>
  (input) => {
    const object = text(input[name]);
    return object === null ? null : `${verb} ${nameOf(object)}`;
  };

const quoting =
  (verb: string, name: string): Names =>
  (input) => {
    const object = text(input[name]);
    return object === null ? null : `${verb} ${inCode(object)}`;
  };

const TOOLS: Readonly<Record<string, Names>> = {
  use_terminal: ({ command }) => (text(command) === null ? null : commandAct(String(command))),
  write_file: on("Write", "path"),
  edit_file: on("Edit", "path"),
  read_file: on("Read", "path"),
  list_directory: on("List", "path"),
  find_files: quoting("Find files", "pattern"),
  search_files: quoting("Search files for", "pattern"),
  extract_archive: ({ path, folder }) =>
    text(path) && text(folder) ? `Unpack ${nameOf(String(path))} into ${nameOf(String(folder))}` : null,
  web_fetch: on("Fetch", "url"),
  web_search: quoting("Search the web for", "query"),
  git_operations: gitAct,
  open_repository: ({ url, path }) =>
    text(url) ? `Clone ${nameOf(String(url))}` : `Open the repository ${nameOf(text(path) ?? ".")}`,
  run_coding_agent: ({ agent, prompt }) =>
    text(agent) && text(prompt) ? `Let ${nameOf(String(agent))} work on ${inCode(String(prompt))}` : null,
};

/** The git tool, which pushes to the address that it is given and never with force. */
function gitAct({ operation, branch, url, revision, files, message, title, create }: Input): string | null {
  const place = text(url) === null ? null : nameOf(placeOf(String(url)));
  const named = text(branch) === null ? null : nameOf(String(branch));
  switch (operation) {
    case "push":
      return named && place ? `Push ${named} to ${place}` : null;
    case "pull_request":
      return place && text(title) ? `Open a pull request at ${place}: ${inCode(String(title))}` : null;
    case "clone":
    case "fetch":
      return place ? `${operation === "clone" ? "Clone" : "Fetch"} ${place}` : null;
    case "switch":
      return named ? `${create === true ? "Create and switch to" : "Switch to"} the branch ${named}` : null;
    case "branch":
      return named ? `Create the branch ${named}` : "List the branches";
    case "merge":
      return text(revision) ? `Merge ${nameOf(String(revision))}` : null;
    case "commit":
      return text(message) ? `Commit ${inCode(String(message))}` : null;
    case "add":
      return Array.isArray(files) && files.length === 1 ? `Stage ${nameOf(String(files[0]))}` : null;
    default:
      return null;
  }
}

/** Host and path of an address. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { host, pathname } = new URL(url);
  return `${host}${pathname.replace(/\/$/, "").replace(/\.git$/, "")}`;
}

/** Returns the first sentence of the first line, without marks of Markdown. */
function firstSentence(words: string): string {
  const line = oneLine(plain(words.split("\n", 1)[0] ?? ""));
  return /^.+?[.?!](?=\s+\p{Lu}|\s*$)/u.exec(line)?.[0] ?? line;
}

function oneLine(words: string): string {
  return withoutDisguise(words).replace(/\s+/g, " ").trim();
}

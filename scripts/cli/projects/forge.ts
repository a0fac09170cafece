/** `project link`, `unlink`, `issues`, `look`, `pause` and `resume`: the work that a project gets from its forge. */
import { readFileSync } from "node:fs";
import type { ForgeKind, ForgeOfProject, IssueOfForge, PartOfChange } from "@/core/shapes/forges";
import { plural } from "@/core/words/figures";
import { gatesSentence } from "@/core/words/gates";
import { FORGE_STATES, forgeWords, partWords } from "@/core/words/projects";
import { type Answer, act } from "@/scripts/cli/commands/act";
import {
  type ActingApplication,
  type Context,
  type Flags,
  withReadRuntimeEvenNew,
} from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";

export function link(context: Context, id: string, flags: Flags): Promise<number> {
  const given = { id, ...linkIn(flags) };
  return act(context, ({ application }) => application.commands.linkForge(given), {
    lines: async ({ hook }) => hookLines(hook),
  });
}

/** Returns what the flags say of a link. Throws UsageError. */
export function linkIn(flags: Flags) {
  const label = textFlag(flags, "label");
  const most_open = numberFlag(flags, "mostOpen", { least: 1 });
  const rules = rulesFlag(flags);
  const jira = textFlag(flags, "jira");
  return {
    ...(label !== undefined && { label }),
    ...(most_open !== undefined && { most_open }),
    ...(rules !== undefined && { rules }),
    ...(jira !== undefined && { jira }),
    ...(flags.newSecret === true && { new_secret: true }),
  };
}

/** Returns what to enter at the forge for its webhook; nothing when it has one. */
export function hookLines({ secret, sends, path }: { secret: string | null; sends: string; path: string }): string[] {
  if (secret === null) return [];
  return [
    `Banyan asks the forge each minute. To be told at once, add a webhook there that sends ${sends} to ${path} of Banyan's address, with this secret, which is shown only now:`,
    `  ${secret}`,
  ];
}

/** Reads the file that `--rules` names. */
function rulesFlag(flags: Flags): string | undefined {
  const file = textFlag(flags, "rules");
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new UsageError(`The file ${file} with the rules cannot be read: name one with a rule a line.`);
  }
}

type Change = "unlinkForge" | "lookAtForge" | "pauseForge" | "resumeForge";

export function change(what: Change) {
  return (context: Context, id: string): Promise<number> =>
    act<Answer>(context, ({ application }: ActingApplication) => application.commands[what]({ id }), {
      needsServer: what === "lookAtForge" || what === "resumeForge",
    });
}

export function issues(context: Context, name: string): Promise<number> {
  return withReadRuntimeEvenNew(context, async ({ queries }) => {
    const forge = await queries.getForge(name);
    if (context.json) printJson({ forge });
    else if (forge === null) print(`${name} is not linked with a forge: link it with npx banyan project link ${name}.`);
    else for (const line of linesOf(forge)) print(line);
    return 0;
  });
}

function linesOf(forge: ForgeOfProject): string[] {
  const { kind, host, path, jira, label, rules, most_open, trouble, paused, issues: all, issues_total } = forge;
  const more = issues_total - all.length;
  const state = paused ? `paused by ${paused.by ?? "Banyan"}` : `at most ${plural(most_open, "issue")} at a time`;
  const issuesOf = jira === null ? "" : `, issues of ${jira.key} at ${jira.host}`;
  return [
    `${host}/${path}${issuesOf}, label ${oneLine(label)}, ${state}`,
    ...linesIn(rules).map((rule) => `  ${oneLine(rule)}`),
    ...(trouble === null ? [] : [`Trouble: ${oneLine(trouble)}`]),
    ...(all.length === 0 ? ["No issue has become work yet."] : all.flatMap((issue) => issueLines(issue, kind))),
    ...(more === 0 ? [] : [`${plural(more, "older settled issue")} ${more === 1 ? "is" : "are"} not listed.`]),
  ];
}

function linesIn(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

export function issueLines(
  { name, title, state, pull, parts, tree, why, gates, asked_by, taken_back_at }: IssueOfForge,
  kind: ForgeKind,
): string[] {
  const only = parts.length === 0 ? pull : null;
  const where = [only && `${forgeWords(kind).pull} ${only.url}`, tree && `tree ${tree}`].filter(Boolean).join(", ");
  return [
    `${name}  ${FORGE_STATES[state]}  ${oneLine(title)}`,
    `  asked by ${oneLine(asked_by)}${where === "" ? "" : `; ${where}`}`,
    ...parts.flatMap(partLines),
    ...moreLines("  ", { gates, why }),
    ...(taken_back_at === null ? [] : [`  Somebody took the merge back on ${taken_back_at.slice(0, 10)}.`]),
  ];
}

function partLines(part: PartOfChange): string[] {
  const { name, state } = partWords(part);
  const at = part.pull === null ? "" : `: ${part.pull.url}`;
  return [`  ${name} ${state}${at}`, ...moreLines("    ", part)];
}

function moreLines(indent: string, { gates, why }: Pick<PartOfChange, "gates" | "why">): string[] {
  return [
    ...(gates === null ? [] : [`${indent}${gatesSentence(gates)}`]),
    ...(why === null ? [] : [`${indent}${oneLine(why)}`]),
  ];
}

/** A proposed change of Banyan's own source as text, with the facts of its page: effect, flags, gates, files and diff. */
import { textPatch } from "@/components/diff/text-patch";
import type {
  ReviewedChange,
  ReviewedFile,
  ReviewedGate,
  ReviewedProposal,
  ReviewedSeed,
  ReviewItem,
} from "@/core/shapes/review";
import { exactCount, plural, shortDuration } from "@/core/words/figures";
import {
  flagsBesides,
  flagText,
  gateTitle,
  LATER,
  OUTCOME_WORDS,
  othersText,
  packageCounts,
  packageWarnings,
  versionsText,
} from "@/core/words/gates";
import { withoutDisguise } from "@/core/words/visible";
import { paint } from "./output";
import { oneLine, padTo } from "./text";

const seen = (text: string) => oneLine(withoutDisguise(text));

/** A longer diff is cut unless all of it was asked for, so that the gates stay on the screen. */
const SHOWN_LINES = 400;

export interface DiffOptions {
  isWhole: boolean;
  /** Shows the whole diff. */
  wholeCommand: string;
}

export function changeLines({ why, parts }: ReviewedProposal, change: ReviewedChange, options: DiffOptions): string[] {
  const { branch, base, commit, flags, gates, expects, others_approved: others, release, stage, pull } = change;
  const { metric, direction, amount, measured } = expects;
  return [
    "",
    withoutDisguise(why).trim(),
    "",
    seen(`Expected: ${metric} ${direction} by ${amount}; to measure: ${measured}`),
    `So far: ${othersText(others)}`,
    `Branch ${branch}: commit ${commit.slice(0, 12)} on the release ${base.slice(0, 12)}.`,
    ...(flags.length > 0 ? ["", `${plural(flags.length, "flag")} to look at; an admin must approve:`] : []),
    ...flagsBesides(change).map((flag) => paint("yellow", `  ⚑ ${seen(flagText(flag))}`)),
    ...packageLines(change),
    "",
    "Gates:",
    ...gateLines(gates),
    ...fileLines(change.files),
    ...parts
      .filter(({ form }) => form === "patch")
      .flatMap(({ after }) => ["", ...shownDiff(patchLines(after), options)]),
    "",
    `Now: ${seen(stage.sentence)}`,
    ...(pull !== null && release !== null
      ? ["The last command below is optional: it takes the change into your checkout, too."]
      : []),
    ...stage.commands.map((command) => `  ${command}`),
  ];
}

/** Returns a proposal for an agent, a document, a tool or a runbook as text: its reason, its dangers, and old and new text. */
export function configurationLines(proposal: ReviewedProposal, options: DiffOptions): string[] {
  const { kind, name, why, base_version: base, stale, tainted, hazards, tested, seed } = proposal;
  const changed = proposal.parts.filter(({ before, after }) => before !== after);
  const same = proposal.parts.filter(({ before, after }) => before === after).map((part) => part.name);
  const diff = changed.flatMap(({ name: part, before, after }) =>
    patchLines(textPatch(`${name}/${part}`, endedLine(before ?? ""), endedLine(after))),
  );
  return [
    ...(seed ? ["", ...seedLines(seed)] : []),
    "",
    withoutDisguise(why).trim() || "No reason given.",
    "",
    base === null
      ? `A new ${kind}, ${seen(name)}.`
      : `${seed?.removes ? "Removes" : "Changes"} the ${kind} ${seen(name)}, version ${base}.`,
    ...(stale ? [paint("red", `The ${kind} has changed since, so this cannot be approved: ${staleHint(seed)}.`)] : []),
    ...(tainted ? ["Its author had read content from outside, so no policy may approve it."] : []),
    ...hazards.map((hazard) => paint("yellow", `  ⚑ ${seen(hazard)}`)),
    ...(tested ? ["", "Banyan's own test:", withoutDisguise(tested).trimEnd().replace(/^/gm, "  ")] : []),
    "",
    ...shownDiff(diff, options),
    ...(same.length > 0 ? ["", paint("dim", `Unchanged: ${same.map(seen).join(", ")}`)] : []),
  ];
}

function seedLines({ release, title, file, item }: ReviewedSeed): string[] {
  return [`From release ${release}, “${seen(title)}”: ${seen(file)}`, `Its approved code: npx banyan review ${item}`];
}

function staleHint(seed: ReviewedSeed | null): string {
  return seed === null ? "reject it" : "the next start of the server proposes it again";
}

function endedLine(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

function shownDiff(lines: string[], { isWhole, wholeCommand }: DiffOptions): string[] {
  if (isWhole || lines.length <= SHOWN_LINES) return lines;
  const more = exactCount(lines.length - SHOWN_LINES);
  return [...lines.slice(0, SHOWN_LINES), paint("dim", `… ${more} more lines. See all: ${wholeCommand}`)];
}

/** Returns what each decision does, in the words of the page. */
export function followLines({ approve, reject, undo }: ReviewItem["follows"]): string[] {
  return ["", `Approve: ${seen(approve)}`, `Reject: ${seen(reject)}`, `Undo: ${seen(undo)}`];
}

function packageLines({ packages, flags }: ReviewedChange): string[] {
  if (packages.length === 0) return [];
  const flagged = new Set(flags.map((flag) => flag.package));
  return [
    "",
    `Packages: ${packageCounts(packages)}.`,
    ...packages.map((change) => {
      const said = [`${change.name} ${versionsText(change)}.`, ...packageWarnings(change)].join(" ");
      return flagged.has(change.name) ? paint("yellow", `  ⚑ ${seen(said)}`) : `    ${seen(said)}`;
    }),
  ];
}

function gateLines(gates: readonly ReviewedGate[]): string[] {
  const on = gates.filter(({ outcome }) => outcome !== "off");
  const off = gates.filter(({ outcome }) => outcome === "off");
  const [later, never] = [off.filter((gate) => gate.later), off.filter((gate) => !gate.later)];
  const width = Math.max(0, ...on.map((gate) => gateTitle(gate).length));
  const lines = on.map((gate) => {
    const { outcome, flags, faults, summary, seconds } = gate;
    const found = [flags > 0 && plural(flags, "flag"), faults > 0 && plural(faults, "fault")]
      .filter(Boolean)
      .join(", ");
    const time = padTo(shortDuration(seconds * 1_000), 7, "right");
    const word = padTo(OUTCOME_WORDS[outcome], OUTCOME_WORDS.not_measured.length);
    return `  ${padTo(gateTitle(gate), width)}  ${word} ${time}  ${found && `${found}: `}${seen(summary)}`;
  });
  return [
    ...lines,
    ...(later.length > 0 ? [paint("dim", `  ${LATER} ${later.map(gateTitle).join(", ")}`)] : []),
    ...(never.length > 0 ? [paint("dim", `  off: ${never.map(gateTitle).join(", ")}`)] : []),
  ];
}

function fileLines(files: readonly ReviewedFile[]): string[] {
  return (["source", "tests"] as const).flatMap((side) => {
    const group = files.filter((file) => file.side === side);
    if (group.length === 0) return ["", `No files of ${side}.`];
    const sum = (of: "additions" | "deletions") => exactCount(group.reduce((all, file) => all + (file[of] ?? 0), 0));
    const head = `${plural(group.length, "file")} of ${side}`;
    return ["", `${head}, +${sum("additions")} −${sum("deletions")}:`, ...group.map(fileLine)];
  });
}

function fileLine({ path, change, additions, deletions }: ReviewedFile): string {
  const size = additions === null ? "no text" : `+${exactCount(additions)} −${exactCount(deletions ?? 0)}`;
  return `  ${change} ${seen(path)} (${size})`;
}

function patchLines(patch: string): string[] {
  const styles = { "+": "green", "-": "red" } as const;
  return withoutDisguise(patch)
    .trimEnd()
    .split("\n")
    .map((line) => {
      const style = styles[line.charAt(0) as keyof typeof styles];
      return style ? paint(style, line) : line;
    });
}

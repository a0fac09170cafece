/** A proposed change of Banyan's own source as text, with the facts of its page: effect, flags, gates, files and diff. */

import type { ReviewedChange, ReviewedFile, ReviewedGate, ReviewedProposal } from "@/core/shapes/review";
import { exactCount, plural, shortDuration } from "@/core/words/figures";
import { flagText, gateTitle, OUTCOME_WORDS, othersText } from "@/core/words/gates";
import { releaseWords } from "@/core/words/releases";
import { withoutDisguise } from "@/core/words/visible";
import { paint } from "./output";
import { oneLine, padTo } from "./text";

const seen = (text: string) => oneLine(withoutDisguise(text));

export function changeLines({ why, parts }: ReviewedProposal, change: ReviewedChange): string[] {
  const { branch, base, commit, flags, gates, expects, others_approved: others, release, pull } = change;
  const { metric, direction, amount, measured } = expects;
  return [
    ...["", withoutDisguise(why).trim(), ""],
    seen(`Expected: ${metric} ${direction} by ${amount}; to measure: ${measured}`),
    `So far: ${othersText(others)}`,
    `Branch ${branch}: commit ${commit.slice(0, 12)} on the release ${base.slice(0, 12)}.`,
    ...(flags.length > 0 ? ["", `${plural(flags.length, "flag")} to look at; an admin must approve:`] : []),
    ...flags.map((flag) => paint("yellow", `  ⚑ ${seen(flagText(flag))}`)),
    ...["", "Gates:"],
    ...gateLines(gates),
    ...fileLines(change.files),
    ...parts.filter(({ form }) => form === "patch").flatMap(({ after }) => ["", ...patchLines(after)]),
    ...(release === null ? [] : ["", releaseWords(release)]),
    ...(pull === null ? [] : ["", `Approved. Take it into your checkout, then restart: ${pull}`]),
  ];
}

function gateLines(gates: readonly ReviewedGate[]): string[] {
  const on = gates.filter(({ outcome }) => outcome !== "off");
  const off = gates.filter(({ outcome }) => outcome === "off").map(gateTitle);
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
  return [...lines, ...(off.length > 0 ? [paint("dim", `  off: ${off.join(", ")}`)] : [])];
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

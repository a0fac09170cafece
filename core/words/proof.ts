/** Sentences about the facts of a proof. Pure. */
import type { Proof, ProofClaim, ProofDecision, ProofFiles } from "@/core/shapes/proof";
import { count, exactCount, money, plural } from "./figures";

const STATUS: Readonly<Record<Proof["status"], string>> = {
  succeeded: "Succeeded",
  failed: "Failed",
  stopped: "Stopped",
};

export const CLAIM_WORDS: Readonly<Record<ProofClaim["mark"], string>> = {
  shown: "Shown",
  judged: "Judged",
  failed: "Failed",
  neither: "Not shown",
};

export const statusWord = ({ status }: Pick<Proof, "status">): string => STATUS[status];

/** "6 claims shown, 2 judged, 1 not shown"; for none, a sentence that says so. */
export function claimsText(claims: readonly Pick<ProofClaim, "mark">[], leftOut = 0): string {
  const of = (...marks: ProofClaim["mark"][]) => claims.filter(({ mark }) => marks.includes(mark)).length;
  const parts = [
    [of("shown"), "shown"],
    [of("judged"), "judged"],
    [of("failed"), "failed"],
    [of("neither"), "not shown"],
  ].filter(([number]) => number !== 0);
  const [first, ...rest] = parts as [number, string][];
  if (!first) return "No claims";
  const more = leftOut > 0 ? `, ${exactCount(leftOut)} more not listed` : "";
  return [`${plural(first[0], "claim")} ${first[1]}`, ...rest.map((part) => part.join(" "))].join(", ") + more;
}

/** What stands before everything else of a proof; "" where the work was done here. */
export function originText({ from_archive: isFromArchive }: Pick<Proof, "from_archive">): string {
  return isFromArchive ? "Read from an archive: this Banyan ran and checked none of it." : "";
}

/** How the claims were checked, as a sentence; "" for a tree of another installation, of which nothing is known. */
export function checkText({ claims, from_archive: isFromArchive }: Pick<Proof, "claims" | "from_archive">): string {
  if (claims.length === 0) return "The result made no claims.";
  if (isFromArchive) return "";
  const run = claims.filter(({ at }) => at !== null);
  if (run.length === 0) return "No command was run for these claims.";
  const runners = [...new Set(run.flatMap(({ runner }) => runner ?? []))];
  const copy = "in a clean copy of the files as the task left them.";
  if (runners.length === 0) return `Banyan’s host ran each command itself, in its sandbox without network, ${copy}`;
  return `Commands ran on the ${runners.length === 1 ? "runner" : "runners"} ${runners.join(", ")}, ${copy}`;
}

export const runnerText = (runner: string): string => `on the runner ${runner}`;

/** "exit 0", or why there is no exit status. */
export function exitText({
  command,
  exit_status: exit,
  output,
}: Pick<ProofClaim, "command" | "exit_status" | "output">): string {
  if (exit !== null) return `exit ${exit}`;
  if (command === undefined) return "no command";
  return output === null ? "not run" : "no exit status";
}

/** "6 files, +127 −13" */
export function filesText({ total, additions, deletions, problem }: ProofFiles): string {
  if (problem !== null) return problem;
  const lines = additions === null || deletions === null ? "lines not counted" : `+${additions} −${deletions}`;
  return `${plural(total, "file")}, ${lines}`;
}

/** Why no files are listed, in two or three words: nothing was changed, or the snapshots are gone. */
export const noFilesText = ({ to }: Pick<ProofFiles, "to">): string =>
  to === null ? "No files changed" : "Files not listed";

/** What the files are compared with, as a sentence; "" where there are none. */
export function baseText({ from, to, folder, problem }: ProofFiles): string {
  if (problem !== null || to === null) return "";
  const of = folder === null ? "a new, empty folder" : `the folder ${folder}`;
  const start = from === null ? of : `${of} as it was at the start (snapshot ${from.slice(0, 12)})`;
  return `Compared with ${start}; snapshot ${to.slice(0, 12)} is the result. No commit of a repository was recorded.`;
}

/** "$0.47 of $5.00", or the tokens when nothing was charged. */
export function costText({ total, cap }: Pick<Proof, "total" | "cap">): string {
  const tokens = total.tokens_in + total.tokens_out;
  if (total.cost_usd > 0 || cap.cost_usd !== null || tokens === 0)
    return `${money(total.cost_usd)}${cap.cost_usd === null ? "" : ` of ${money(cap.cost_usd)}`}`;
  return `${count(tokens)} tokens${cap.tokens === null ? "" : ` of ${count(cap.tokens)}`}`;
}

/** What a person or a rule did, for example "Approved". */
const OUTCOMES: Readonly<Record<ProofDecision["outcome"], string>> = {
  approved: "Approved",
  rejected: "Rejected",
  answered: "Answered",
  withdrawn: "Withdrawn",
  granted: "Granted",
};

export const outcomeWord = ({ outcome }: Pick<ProofDecision, "outcome">): string => OUTCOMES[outcome];

/** Who decided: a person, or the reason of a rule. */
export function deciderText({ by, rule, outcome }: Pick<ProofDecision, "by" | "rule" | "outcome">): string {
  if (outcome === "withdrawn" && by === null) return "Nobody";
  return rule !== null ? `Rule “${rule}”` : (by ?? "Not recorded");
}

/** How much a list leaves out, as a sentence; "" when it leaves out nothing. */
export function leftOutText(number: number, noun: string): string {
  return number > 0 ? `${plural(number, noun)} more not listed.` : "";
}

/** The versions that worked, as one text. */
export function versionsText({ versions }: Pick<Proof, "versions">): string {
  if (versions.length === 0) return "The version of Banyan that did the work was not recorded.";
  const named = versions.map(({ version, commit }) =>
    commit === null ? version : `${version} (${commit.slice(0, 12)})`,
  );
  return `Banyan ${named.join(", ")} did the work.`;
}

/** 2026-11-23 13:30 UTC: the same for everybody who reads it. */
export const utc = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;

/**
 * The proof as Markdown, for a pull request. Everything from outside is escaped, so it cannot start an element, link,
 * picture, mention or reference, or close an issue. Pure.
 */
import type { Proof, ProofClaim } from "@/core/shapes/proof";
import { count, exactMoney } from "./figures";
import {
  baseText,
  CLAIM_WORDS,
  checkText,
  claimsText,
  costText,
  deciderText,
  exitText,
  filesText,
  leftOutText,
  noFilesText,
  originText,
  outcomeWord,
  runnerText,
  statusWord,
  utc,
  versionsText,
} from "./proof";

const MOST_TITLE = 200;
const MOST_CELL = 400;
const MOST_FILES = 50;
const MOST_OUTPUT_LINES = 40;

/** `output`: with the output of each command. `link`: where the whole proof can be read. */
export function proofMarkdown(
  proof: Proof,
  { output = false, link }: { output?: boolean; link?: string } = {},
): string {
  const parts = [
    `## ${inline(proof.title, MOST_TITLE)}`,
    ...[originText(proof)].filter(Boolean),
    summaryLine(proof),
    `Asked by ${inline(proof.started_by, MOST_TITLE)} on ${utc(proof.created_at)}.`,
    ...claimsPart(proof),
    ...(output ? outputPart(proof.claims) : []),
    ...filesPart(proof),
    ...decisionsPart(proof),
    ...costPart(proof),
    `${versionsText(proof)} Proof made with Banyan ${inline(proof.made_with, MOST_TITLE)} on ${utc(proof.made_at)}.`,
    ...(link === undefined ? [] : [`[Proof with output](${link})`]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function summaryLine(proof: Proof): string {
  const { claims, files, left_out } = proof;
  const changed = files.problem === null ? filesText(files) : noFilesText(files).toLowerCase();
  const facts = [claimsText(claims, left_out.claims), changed, costText(proof)].join(", ");
  return `**${statusWord(proof)}** on ${utc(proof.ended_at)}: ${facts.replaceAll("$", "\\$")}.`;
}

function claimsPart(proof: Proof): string[] {
  const { claims, left_out } = proof;
  const how = [checkText(proof)].filter(Boolean).map((text) => inline(text, 1_000));
  if (claims.length === 0) return ["### Claims", ...how];
  const rows = claims.map((claim) => [
    inline(claim.statement),
    claim.command === undefined ? "none" : code(claim.command, MOST_CELL),
    [
      CLAIM_WORDS[claim.mark],
      claim.command === undefined ? "" : exitText(claim),
      claim.runner === undefined ? "" : inline(runnerText(claim.runner)),
    ]
      .filter(Boolean)
      .join(", "),
  ]);
  return ["### Claims", ...how, table(["Claim", "Command", "Outcome"], rows), ...more(left_out.claims, "claim")];
}

function outputPart(claims: readonly ProofClaim[]): string[] {
  return claims.flatMap(({ statement, command, output }) =>
    output === null
      ? []
      : [`**${inline(statement)}**`, fenced(`${command === undefined ? "" : `$ ${command}\n`}${output}`)],
  );
}

function filesPart({ files, left_out }: Proof): string[] {
  if (files.problem !== null) return ["### Files", inline(files.problem)];
  const shown = files.items.slice(0, MOST_FILES);
  const rows = shown.map(({ path, change, additions, deletions, blob_after: blob }) => [
    code(path, MOST_CELL),
    change,
    additions === null || deletions === null ? "not counted" : `+${additions} −${deletions}`,
    blob === null ? "none" : `\`${blob}\``,
  ]);
  return [
    "### Files",
    `${filesText(files)}. ${inline(baseText(files), 1_000)}`,
    table(["File", "Change", "Lines", "Git blob"], rows),
    ...more(files.items.length - shown.length + left_out.files, "file"),
    "To check a file: `git hash-object --no-filters FILE` prints its blob.",
  ];
}

function decisionsPart({ decisions, left_out }: Proof): string[] {
  if (decisions.length === 0) return [];
  const rows = decisions.map((decision) => [
    utc(decision.at),
    inline(deciderText(decision)),
    `${outcomeWord(decision)}: ${inline(decision.title)}`,
  ]);
  return ["### Decisions", table(["When", "Who", "What"], rows), ...more(left_out.decisions, "decision")];
}

function costPart({ spend, total, cap, left_out }: Proof): string[] {
  const rows = spend.map((row) => [
    inline(row.agent),
    inline(row.model),
    String(row.turns),
    `${count(row.tokens_in)} in, ${count(row.tokens_out)} out`,
    `\\${exactMoney(row.cost_usd)}`,
  ]);
  const capped = cap.cost_usd === null ? "" : ` of at most \\${exactMoney(cap.cost_usd)}`;
  return [
    "### Cost",
    `\\${exactMoney(total.cost_usd)}${capped}, ${count(total.tokens_in)} tokens in, ${count(total.tokens_out)} out.`,
    table(["Agent", "Model", "Turns", "Tokens", "Cost"], rows),
    ...more(left_out.spend, "row"),
  ];
}

const more = (number: number, noun: string): string[] => [leftOutText(number, noun)].filter(Boolean);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Words that GitHub and others turn into mentions, references and links, wherever they stand. */
const ACTIVE = /\S*(?:[@#]|:\/\/|\bwww\.|\bGH-\d)\S*/gi;
const MARKS = /[\\`*_{}[\]()<>&~$|!^=]/g;

/** Returns a text from outside as one line of Markdown without effect. */
function inline(text: string, most = MOST_CELL): string {
  const line = short(oneLine(text), most);
  let done = 0;
  let out = "";
  for (const { 0: word, index } of line.matchAll(ACTIVE)) {
    out += escaped(line.slice(done, index)) + code(word, most);
    done = index + word.length;
  }
  return out + escaped(line.slice(done)) || "none";
}

function escaped(text: string): string {
  return text.replace(MARKS, (mark) =>
    mark === "<" ? "&lt;" : mark === ">" ? "&gt;" : mark === "&" ? "&amp;" : `\\${mark}`,
  );
}

/** Returns a code span. A table ends a cell at a bare `|`, even within code. */
function code(text: string, most: number): string {
  const line = short(oneLine(text), most).replaceAll("|", "\\|");
  const ticks = "`".repeat(longestRun(line) + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return line === "" ? "none" : `${ticks}${pad}${line}${pad}${ticks}`;
}

/** Returns a block of code whose fence is longer than every one in it. */
function fenced(text: string): string {
  const lines = text.trimEnd().split("\n");
  const cut = lines.length > MOST_OUTPUT_LINES;
  const shown = cut
    ? [...lines.slice(0, MOST_OUTPUT_LINES), `[${lines.length - MOST_OUTPUT_LINES} more lines]`]
    : lines;
  const body = shown.join("\n");
  const fence = "`".repeat(Math.max(3, longestRun(body) + 1));
  return `${fence}text\n${body}\n${fence}`;
}

const longestRun = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();
const short = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

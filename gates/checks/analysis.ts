/** Static analysis by any tool that writes SARIF: what the base does not have fails the gate. */
import fs from "node:fs";
import path from "node:path";
import type { Finding } from "@/core/shapes/improving/gates";
import { type AnalysedSide, newResults } from "@/gates/analysis/compare";
import { type Analysed, readSarif } from "@/gates/analysis/sarif";
import {
  type CommandResult,
  fault,
  flag,
  type Gate,
  type GateContext,
  measured,
  note,
  notMeasured,
  type Verdict,
} from "@/gates/model/gate";
import { lastLineOf } from "@/gates/model/log";
import type { Analysis } from "@/gates/model/settings";
import type { FileTree } from "@/gates/model/tree";
import { leftBy } from "@/gates/running/copy";
import { addedLines } from "@/gates/source/lines";
import { textIn, withoutFile } from "@/gates/source/trees";
import { suiteOf } from "@/gates/suite/suite";

const MOST_NAMED = 100;

export const analysis: Gate = {
  name: "analysis",
  needsSandbox: true,
  runsCommands: ({ settings }) => settings.analysis.some(({ run }) => run !== undefined),
  off: ({ settings }) => (settings.analysis.length > 0 ? null : "The settings name no analysis that writes SARIF."),
  async judge(context) {
    const verdicts: Verdict[] = [];
    for (const [at, each] of context.settings.analysis.entries())
      verdicts.push(
        await (each.run === undefined ? ofReport(context, each) : ofCommand(context, each, each.run, at + 1)),
      );
    return joined(verdicts);
  },
};

/** One tool that was not measured keeps the gate from passing, and a fault of another one fails it all the same. */
function joined(verdicts: readonly Verdict[]): Verdict {
  const findings = verdicts.flatMap((verdict) => verdict.findings);
  const summary = verdicts.map((verdict) => verdict.summary).join(" ");
  const counts: Record<string, number> = {};
  for (const verdict of verdicts)
    for (const [name, count] of Object.entries(verdict.counts)) counts[name] = (counts[name] ?? 0) + count;
  const isUnknown = verdicts.some(({ outcome }) => outcome === "not_measured");
  const isFailed = verdicts.some(({ outcome }) => outcome === "failed");
  return isUnknown && !isFailed ? notMeasured(summary, findings, counts) : measured(summary, findings, counts);
}

/** The base's settings of the tool count, as for the linter. */
async function ofCommand(context: GateContext, of: Analysis, command: string, number: number): Promise<Verdict> {
  const { base } = context.change;
  const { oldTree } = suiteOf(context);
  const run = (name: string, tree: FileTree) =>
    context.runner.run({
      name: `${name}-${number}`,
      // A report that is already there would be read instead of a new one.
      tree: withoutFile(tree, of.report),
      command,
      sandbox: of.sandbox,
      timeoutMs: of.timeout_minutes * 60_000,
      reads: [of.report],
    });
  const before = sideFrom(context, base, await run("base", base), of.report);
  if (typeof before === "string") return notMeasured(`On the base, ${before}.`);
  const after = sideFrom(context, oldTree, await run("head", oldTree), of.report);
  if (typeof after === "string")
    return measured("Not measured on the change.", [fault(`On the change, ${after}.`, { path: of.report })]);
  return compared(after, newResults(after, before));
}

/** Tools end with another status than 0 when they find something, so only the report says whether they worked. */
function sideFrom(context: GateContext, tree: FileTree, result: CommandResult, file: string): AnalysedSide | string {
  const said = lastLineOf(result.log);
  const more = said === "" ? "" : ` (${said})`;
  if (result.endedBy !== null)
    return `the command was ended by a ${result.endedBy === "timeout" ? "time-out" : "limit"}`;
  const text = result.files[file] ?? null;
  if (text === null) return `the command left no report${more}`;
  return sideOf(context, tree, text);
}

function sideOf(context: GateContext, tree: FileTree, text: string): AnalysedSide | string {
  const has = (name: string) => tree.files.has(name);
  const read = readSarif(text, { has, roots: [context.root] });
  if ("problem" in read) return read.problem;
  const lines = new Map<string, string[]>();
  const lineAt = (name: string, line: number) => {
    const known = lines.get(name) ?? (textIn(tree, name, context.change.blobs) ?? "").split("\n");
    lines.set(name, known);
    return known[line - 1] ?? null;
  };
  return { results: read.results, has, lineAt };
}

/** A report that was written before this run: with one of the base it is compared, without one the added lines count. */
async function ofReport(context: GateContext, { report, base_report }: Analysis): Promise<Verdict> {
  const { base, head } = context.change;
  const after = await sideInFolder(context, head, report);
  if (typeof after === "string") return notMeasured(after);
  if (base_report === undefined) return compared(after, onAddedLines(context, after));
  const before = await sideInFolder(context, base, base_report);
  return typeof before === "string" ? notMeasured(before) : compared(after, newResults(after, before));
}

async function sideInFolder(context: GateContext, tree: FileTree, file: string): Promise<AnalysedSide | string> {
  const { head, base } = context.change;
  // Who makes the change could have written it.
  if (head.files.has(file) || base.files.has(file))
    return `${file} is one of the repository's files, so whoever made the change could have written it: let .gitignore name it.`;
  if (!fs.existsSync(path.join(context.root, file))) return `There is no ${file}.`;
  const text = await leftBy(context.root, file);
  if (text === null) return `${file} cannot be read as text.`;
  const side = sideOf(context, tree, text);
  return typeof side === "string" ? `In ${file}, ${side}.` : side;
}

/** A result that is about no line cannot be told from an old one, so it counts as new. */
function onAddedLines({ change: { base, head, blobs } }: GateContext, { results }: AnalysedSide): Analysed[] {
  const added = new Map<string, ReadonlySet<number>>();
  const addedIn = (name: string) => {
    const known =
      added.get(name) ??
      new Set(addedLines(textIn(base, name, blobs), textIn(head, name, blobs) ?? "").map(({ line }) => line));
    added.set(name, known);
    return known;
  };
  return results.filter((result) => {
    if (result.path === null || result.line === null) return !result.isSuppressed;
    return addedIn(result.path).has(result.line);
  });
}

function compared({ results }: AnalysedSide, fresh: readonly Analysed[]): Verdict {
  const counts = { results: results.length, new: fresh.length };
  const shown = [...fresh].sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level)).slice(0, MOST_NAMED);
  const errors = fresh.filter(({ level }) => level === "error").length;
  const more = fresh.length - shown.length;
  const findings = [...shown.map(findingOf), ...(more > 0 ? [note(`${more} more results are new.`)] : [])];
  const tools = [...new Set(results.map(({ tool }) => tool))].join(", ") || "The tool";
  return measured(
    `${tools}: ${results.length} results, ${fresh.length} new, ${errors} of them errors.`,
    findings,
    counts,
  );
}

const ORDER: Analysed["level"][] = ["error", "warning", "note"];
const KINDS = { error: fault, warning: flag, note };

function findingOf({ level, tool, rule, message, path: file, line, isSuppressed }: Analysed): Finding {
  const silenced = isSuppressed ? " The change suppresses it, and the base does not." : "";
  const text = `${[tool, rule].filter(Boolean).join(" ")}: ${message}${silenced}`;
  return KINDS[level](text, { path: file, line: file === null ? null : line });
}

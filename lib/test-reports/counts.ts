/** The tests in the output of a command that nobody told to write a report. */
import { withoutSequences } from "@/lib/process/printed";
import type { TestCase } from "./cases";
import { COMPILED } from "./closings/compiled";
import { goEventsIn } from "./closings/go-events";
import { JAVASCRIPT } from "./closings/javascript";
import type { Reading, Runner } from "./closings/runner";
import { SCRIPTS } from "./closings/scripts";
import { jsonIn, junitIn, tapIn } from "./documents";
import { readReport } from "./report";
import { streamsIn } from "./streams";

export interface Counts {
  passed: number;
  failed: number;
  /** Ids of the failing tests, where the output names them. */
  failing: string[];
  /** Some runner says nothing when no test fails, so nobody knows how many tests a pass should report. */
  onlyWhenRed?: true;
}

const RUNNERS: readonly Runner[] = [...JAVASCRIPT, ...SCRIPTS, ...COMPILED];
const MOST_NAMES = 200;

/** One source of tests in an output. */
interface Part extends Counts {
  /** The runner, or the format of a report. */
  of: string;
}

/**
 * Returns the tests that an output reports: the sum of all reports (TAP, JUnit, a runner's JSON) and of the closing lines
 * of runners that are known; null where it holds none, or where nobody can say how many there are.
 */
export function countTests(output: string): Counts | null {
  const plain = withoutSequences(output);
  const all: Part[] = [];
  for (const stream of streamsIn(plain)) {
    const parts = partsIn(stream);
    if (parts === "unknown") return null;
    all.push(...parts);
  }
  if (all.length === 0) return null;
  return {
    passed: all.reduce((sum, { passed }) => sum + passed, 0),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    failing: [...new Set(all.flatMap(({ failing }) => failing))].slice(0, MOST_NAMES),
    ...(all.some(({ onlyWhenRed }) => onlyWhenRed) && { onlyWhenRed: true as const }),
  };
}

function partsIn(stream: string): Part[] | "unknown" {
  const lines = stream
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "" && line.length <= LONGEST_LINE);
  const closings = closingParts(lines);
  const taps = tapParts(stream);
  if (closings === "unknown" || taps === "unknown") return "unknown";
  const reports = [...reportParts("jest", jsonIn(stream)), ...reportParts("junit", junitIn(stream))];
  return onlyOnce([...reports, ...taps, ...goEventsIn(lines).map(partOf("go events"))], closings);
}

/** No closing line is longer. */
const LONGEST_LINE = 500;

/** Leaves out what a program repeats of another: a report and the closing lines of the same run are one. */
function onlyOnce(reports: readonly Part[], closings: readonly Part[]): Part[] | "unknown" {
  const repeated = new Set(closings.flatMap(({ of }) => RUNNERS.find(({ name }) => name === of)?.repeats ?? []));
  const kept = reports.filter(({ of }) => !repeated.has(of) && !(of.startsWith("tap") && repeated.has("tap")));
  if (kept.some(({ of }) => of === "jest")) return [...kept, ...closings.filter(({ of }) => !JSON_TOO.has(of))];
  if (!kept.some(({ of }) => of === "junit") || closings.length === 0) return [...kept, ...closings];
  const sum = (parts: readonly Part[], key: "passed" | "failed") => parts.reduce((all, part) => all + part[key], 0);
  const junit = kept.filter(({ of }) => of === "junit");
  const names = [...new Set(closings.map(({ of }) => of))];
  const same = names.find((name) => {
    const own = closings.filter(({ of }) => of === name);
    return sum(own, "passed") === sum(junit, "passed") && sum(own, "failed") === sum(junit, "failed");
  });
  // Any runner may write JUnit, so without equal numbers only a single runner is known to have written it.
  if (same === undefined && names.length > 1) return "unknown";
  return [...kept, ...closings.filter(({ of }) => of !== (same ?? names[0]))];
}

/** Runners that write the JSON and print closing lines besides. */
const JSON_TOO: ReadonlySet<string> = new Set(["jest", "vitest"]);

function partOf(of: string): (reading: Reading & { failing?: string[] }) => Part {
  return ({ failing = [], ...reading }) => ({ of, ...reading, failing });
}

/** Returns the tests of each report. A report that was cut is none. */
function reportParts(format: "jest" | "junit", texts: readonly string[]): Part[] {
  return texts.flatMap((text) => {
    const report = readReport(format, text);
    return "cases" in report ? [partOfCases(format, report.cases)] : [];
  });
}

function tapParts(stream: string): Part[] | "unknown" {
  const parts: Part[] = [];
  for (const { text, hasVersion } of tapIn(stream)) {
    const report = readReport("tap", text);
    if ("cases" in report) {
      const part = partOfCases(hasVersion ? "tap" : "tap without its version", report.cases);
      parts.push({ ...part, ...closingOfNode(text) });
    } else if (hasVersion) return "unknown";
  }
  return parts;
}

/** Node says in comments how many tests there were, with its suites apart. */
function closingOfNode(text: string): Reading | null {
  const of = (word: string) => {
    const last = [...text.matchAll(new RegExp(`^# ${word} (\\d{1,9})\\r?$`, "gm"))].at(-1)?.[1];
    return last === undefined ? null : Number(last);
  };
  const [suites, passed, failed, cancelled] = [of("suites"), of("pass"), of("fail"), of("cancelled")];
  if (suites === null || passed === null || failed === null) return null;
  return { passed, failed: failed + (cancelled ?? 0) };
}

function partOfCases(of: string, cases: readonly TestCase[]): Part {
  const failing = cases.filter(({ status }) => status === "failed").map(({ id }) => id);
  return { of, passed: cases.filter(({ status }) => status === "passed").length, failed: failing.length, failing };
}

/** Returns what the closing lines of each runner say, without those that another one repeats. */
function closingParts(lines: readonly string[]): Part[] | "unknown" {
  const telling = lines.filter((line) => MAY_TELL.test(line));
  const read = RUNNERS.map((runner) => ({ runner, readings: runner.read(telling) }));
  const found = read.filter(({ readings }) => readings.length > 0);
  const repeated = new Set(
    found.flatMap(({ runner: { repeats = [] }, readings }) => (readings === "unknown" ? [] : repeats)),
  );
  const own = found.filter(({ runner }) => !repeated.has(runner.name));
  const all = own.length > 0 ? own : RUNNERS.map((runner) => ({ runner, readings: runner.alone?.(telling) ?? [] }));
  const parts: Part[] = [];
  for (const { runner, readings } of all) {
    if (readings === "unknown") return "unknown";
    const failing = readings.length > 0 ? namesIn(lines, runner) : [];
    parts.push(...readings.map((reading, at) => partOf(runner.name)({ ...reading, failing: at === 0 ? failing : [] })));
  }
  return parts;
}

/** Every closing line has a number, or stands beside one. */
const MAY_TELL =
  /\d|^(?:OK|FAILED|PASSED|NO TESTS RAN)$|^=== RUN|^FAIL\t|^(?:FAIL|ERROR|Suite error): |^ {0,8}Tests {1,4}no tests$|^\[INFO\]/;

function namesIn(lines: readonly string[], { name, failing }: Runner): string[] {
  if (!failing) return [];
  // Node lists the red tests at the end, without the suites that hold them.
  const list = name === "node" ? lines.indexOf("✖ failing tests:") : -1;
  const named = (list < 0 ? lines : lines.slice(list)).flatMap((line) => failing.exec(line)?.[1]?.trim() ?? []);
  return [...new Set(named)].slice(0, MOST_NAMES);
}

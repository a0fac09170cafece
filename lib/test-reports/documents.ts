/** Finds reports in an output: programs around a runner print lines before, after and between them. */

/** Returns the JSON reports of Jest and Vitest. */
export function jsonIn(output: string): string[] {
  const found: string[] = [];
  let from = 0;
  for (const { index } of output.matchAll(
    /\{\s{0,20}"(?:num[A-Z]\w{1,40}|testResults|success|snapshot|startTime)"\s*:/g,
  )) {
    if (index < from) continue;
    const end = endOfJson(output, index);
    // What does not end was cut, and everything after it is in it.
    if (end === null) break;
    found.push(output.slice(index, end));
    from = end;
  }
  return found.filter((text) => /"testResults"\s*:/.test(text));
}

function endOfJson(text: string, start: number): number | null {
  let depth = 0;
  let isText = false;
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at];
    if (isText) {
      if (sign === "\\") at += 1;
      else if (sign === '"') isText = false;
    } else if (sign === '"') isText = true;
    else if (sign === "{") depth += 1;
    else if (sign === "}") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return null;
}

/** Returns the JUnit reports: each the outermost element of suites. */
export function junitIn(output: string): string[] {
  const found: string[] = [];
  let [start, depth] = [0, 0];
  for (const match of output.matchAll(/<(\/?)testsuites?(?:\s[^<>]{0,4000})?>/g)) {
    if (match[0].endsWith("/>")) {
      if (depth === 0) found.push(match[0]);
      continue;
    }
    if (match[1] === "") {
      if (depth === 0) start = match.index;
      depth += 1;
    } else if (depth > 0) {
      depth -= 1;
      if (depth === 0) found.push(output.slice(start, match.index + match[0].length));
    }
  }
  return found;
}

export interface TapDocument {
  text: string;
  /** Whether it begins with its version. Without it, only a plan tells TAP from lines that begin with “ok”. */
  hasVersion: boolean;
}

const VERSION = /^TAP version \d{1,3}\r?$/;
const PLAN = /^1\.\.(\d{1,9})\b/;
/** `ok` of Go has a tab after it, and that of Deno a bar. */
const POINT = /^(?:not )?ok(?: (?! *\t|\|)|\r?$)/;

/** Returns the TAP reports, one for each run. */
export function tapIn(output: string): TapDocument[] {
  const found: { lines: string[]; hasVersion: boolean; plan: number | null; points: number }[] = [];
  for (const line of output.split("\n")) {
    let open = found.at(-1);
    const plan = PLAN.exec(line)?.[1];
    const isPoint = POINT.test(line);
    const isVersion = VERSION.test(line);
    const isNext = isVersion || (plan !== undefined && open?.plan !== null) || (isPoint && isFull(open));
    if (isNext && (isVersion || plan !== undefined || isPoint)) {
      open = { lines: [], hasVersion: isVersion, plan: null, points: 0 };
      found.push(open);
    }
    if (!open) continue;
    open.lines.push(line);
    if (plan !== undefined) open.plan = Number(plan);
    if (isPoint) open.points += 1;
  }
  return found
    .filter(({ hasVersion, plan }) => hasVersion || plan !== null)
    .map(({ lines, hasVersion }) => ({ text: lines.join("\n"), hasVersion }));
}

/** Whether a further test point belongs to another report. */
function isFull(open: { plan: number | null; points: number } | undefined): boolean {
  return open === undefined || (open.plan !== null && open.points >= open.plan);
}

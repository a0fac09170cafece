/**
 * What a project's rules say of its pull requests, one rule a line: which labels they get, who is asked to review them, and
 * which of them Banyan merges. Pure.
 */

/** `paths`: patterns; a label and reviewers need one changed file that matches, a merge needs that all match. */
interface LabelRule {
  label: string;
  paths: string[];
}

interface ReviewRule {
  logins: string[];
  paths: string[];
}

export interface MergeRule {
  /** As it stands in the text. */
  line: string;
  /** Approving reviews of the newest commit by people who may write. */
  approvals: number;
  /** Whether the forge must have checks, which all passed. None of the rules merges with a check that failed. */
  checks: boolean;
  /** Whether the project's check must have shown the change. */
  check: boolean;
  /** Gates that must have passed. */
  gates: string[];
  paths: string[];
}

export interface ForgeRules {
  labels: LabelRule[];
  reviews: ReviewRule[];
  merges: MergeRule[];
}

/** The gates that Banyan runs on a pull request: those that read, and need no installed packages. */
export const PULL_GATES = [
  "scope",
  "oddities",
  "dependencies",
  "licences",
  "complexity",
  "documentation",
  "vulnerabilities",
] as const;

export const NO_RULES: ForgeRules = { labels: [], reviews: [], merges: [] };

const MOST_RULES = 50;
const MOST_CHARACTERS = 8_000;
const MOST_APPROVALS = 10;
const FORMS =
  "“label NAME: PATHS”, “review LOGIN, LOGIN: PATHS” or “merge NEED, NEED: PATHS”, such as “merge 1 approval, checks: docs/**”";

/** Returns the rules of a text, or what is wrong with it as a sentence. Empty lines and lines that begin with # say nothing. */
export function rulesIn(text: string): ForgeRules | { fault: string } {
  if (text.length > MOST_CHARACTERS) return { fault: `The rules have at most ${MOST_CHARACTERS} characters.` };
  const rules: ForgeRules = { labels: [], reviews: [], merges: [] };
  for (const [at, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const fault = addRule(rules, line);
    if (fault !== null) return { fault: `Line ${at + 1} of the rules: ${fault}` };
  }
  const count = rules.labels.length + rules.reviews.length + rules.merges.length;
  return count > MOST_RULES ? { fault: `There are at most ${MOST_RULES} rules.` } : rules;
}

/** Returns what is wrong with the line; null: nothing. */
function addRule(rules: ForgeRules, line: string): string | null {
  // A label may hold a colon, a pattern rarely does.
  const colon = line.lastIndexOf(":");
  const [, kind, what = ""] = /^(\w+)\s+(.*)$/.exec(colon < 0 ? "" : line.slice(0, colon).trim()) ?? [];
  const paths = listOf(line.slice(colon + 1));
  if (kind === undefined || what === "") return `a rule reads ${FORMS}.`;
  if (paths.length === 0) return "it names no paths after the colon; ** are all files.";
  switch (kind) {
    case "label":
      if (what.includes(",") || what.length > 50) return "a label has 1 to 50 characters and no comma.";
      rules.labels.push({ label: what.trim(), paths });
      return null;
    case "review":
      return addReview(rules, listOf(what), paths);
    case "merge":
      return addMerge(rules, { line, needs: listOf(what), paths });
    default:
      return `a rule reads ${FORMS}.`;
  }
}

function addReview({ reviews }: ForgeRules, names: readonly string[], paths: string[]): string | null {
  const logins = names.map((name) => name.replace(/^@/, ""));
  const wrong = logins.find((login) => !/^[\w.-]{1,100}$/.test(login));
  if (wrong !== undefined) return `“${wrong.slice(0, 100)}” is not the login of an account.`;
  reviews.push({ logins, paths });
  return null;
}

function addMerge(
  { merges }: ForgeRules,
  { line, needs, paths }: { line: string; needs: readonly string[]; paths: string[] },
): string | null {
  const rule: MergeRule = { line, approvals: 0, checks: false, check: false, gates: [], paths };
  for (const need of needs) {
    const [, count] = /^(\d+)\s+approvals?$/.exec(need) ?? [];
    const gate = need.replaceAll(/[ -]/g, "_");
    if (count !== undefined) rule.approvals = Number(count);
    else if (need === "checks") rule.checks = true;
    else if (need === "check") rule.check = true;
    else if (PULL_GATES.some((known) => known === gate)) rule.gates.push(gate);
    else
      return `“${need}” is nothing that a merge can need: write “1 approval”, checks (of the forge), check (of the project), or one of ${PULL_GATES.join(", ")}.`;
  }
  if (rule.approvals > MOST_APPROVALS) return `a merge needs at most ${MOST_APPROVALS} approvals.`;
  merges.push(rule);
  return null;
}

function listOf(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** What is known of an open pull request when a rule is held against it. */
export interface PullState {
  /** Why nothing merges it now; null: nothing stands against it. */
  against: string | null;
  approvals: number;
  checks: "none" | "running" | "passed" | "failed" | "undecided";
  /** Whether the project's check has shown the newest commit; null: it did not run on the files of that commit. */
  check: boolean | null;
  gates: readonly { gate: string; outcome: string }[];
  /** Files that judge a change themselves, such as tests and settings, and are changed by it. */
  judges: readonly string[];
}

/** Returns what the rule still waits for; empty: it merges. */
export function missingFor(rule: MergeRule, state: PullState): string[] {
  const { approvals, checks, check, gates, judges } = state;
  // A change that edits what judges it has been judged by nobody.
  const least = judges.length > 0 ? Math.max(1, rule.approvals) : rule.approvals;
  const unmet = rule.gates.filter((name) => gates.find(({ gate }) => gate === name)?.outcome !== "passed");
  const why = least > rule.approvals ? ` (it changes ${judges[0]}, which judges it)` : "";
  return [
    ...(state.against === null ? [] : [state.against]),
    ...(approvals < least ? [`${least === 1 ? "1 approval" : `${least} approvals`}${why}, has ${approvals}`] : []),
    ...(checks === "failed" ? ["a red check"] : []),
    ...(checks === "running" ? ["checks that still run"] : []),
    ...(rule.checks && checks === "none" ? ["the forge's checks, and there are none yet"] : []),
    ...(rule.checks && checks === "undecided" ? ["the forge's checks, of which one was cancelled or none passed"] : []),
    ...(rule.check && check === false ? ["the project's check, which has not shown it"] : []),
    ...(rule.check && check === null ? ["the project's check, which did not run on the files of this commit"] : []),
    ...unmet.map((name) => `the gate ${name.replaceAll("_", " ")}, which has not passed`),
  ];
}

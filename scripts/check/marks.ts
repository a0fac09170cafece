/**
 * Finds files that decide what agents may do, but that no mark `GUARDED` covers. A file belongs to such a subject by
 * its room, by its name, by the tables that it writes, or because it holds the application before its guard.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { guardOf, MARK, type Marks } from "@/launcher/guarded.mjs";
import { opensAll } from "./doors";
import type { Fault } from "./fault";
import { isCode, isTest, type SourceFile } from "./sources";

/** Each subject that only a person at the machine may change, with its rooms. */
export const GUARDED_ROOMS: Record<string, RegExp> = {
  launcher: /^(launcher\/|lib\/process\/launch)/,
  gates: /^(gates|scripts\/check|lib\/test-reports|lib\/clean-room|lib\/syntax|core\/goals)\//,
  "settings of tests and build": /^([^/]+\.(ts|mts|mjs|cjs|js|json|ya?ml|sh)|scripts\/[^/]+\.mjs)$/,
  "rights, policies and grants": /^(core\/rules|agents\/guard|app\/\(signed-in\)\/settings\/(policy|users))\//,
  sandbox: /^lib\/(sandbox|git)\//,
  secrets: /^(lib\/secrets|app\/\(signed-in\)\/settings\/secrets)\//,
  "audit log": /^(db\/audit\/|lib\/audit-anchor)/,
  "kill switch": /^(agents\/self\/|(agents\/commands|db\/log|db\/records)\/(halt|self-switch)\.ts$)/,
  "sign-in": /^(lib\/auth|app\/signin|db\/people)\//,
  doors: /^(server\/[^/]+\.ts$|lib\/http\/|app\/(enter|act|once)\.ts$)/,
  gateway: /^(lib\/model-gateway\/|agents\/turn\/call-check\.ts$)/,
  reviews: /^(db\/reviews|components\/reviews|app\/\(signed-in\)\/review)\//,
  tokens: /^app\/\(signed-in\)\/settings\/tokens\//,
  reserve: /^(agents\/turn\/reserve|db\/records\/grants)\.ts$/,
  budget: /^(db\/records\/(daily-spend|spend-caps)|agents\/commands\/installation\/spend-caps)\.ts$/,
  "net guard": /^(lib\/net\/|lib\/mcp\/transport\/address-guard\.ts$)/,
  migrations: /^(drizzle\/|db\/file\/(migrations|expand-only)\.ts$)/,
};

/** Rooms where something is decided; pages and commands only ask for it. */
const DECIDES = /^(core\/(?!words\/|shapes\/)|lib|db|agents|server)/;
/** Words in the name of a file or folder that reveal its subject. */
const WORDS =
  "auth oauth sign-?in sessions? credentials? passwords? tokens? secrets? vault people roles? rights? permissions? " +
  "polic(y|ies) grants? guard doors? gateway sandbox audit(ed)? halt(ed)? self-switch kill reviews? approvals? reserve " +
  "budgets? spend caps";
const NAMES = new RegExp(`(^|[/.-])(${WORDS.replaceAll(" ", "|")})(?=[/.-])`);
/** Files that have such a name but another subject. */
export const NOT_GUARDED = new Set([
  // Tokens of models, as one provider names their number.
  "lib/models/protocols/completion-tokens.ts",
  // Opens a review, and decides none.
  "agents/tools/subtasks/flag-for-review.ts",
  // Conversations of coding agents, each of which stays in its task.
  "agents/tools/coding/sessions.ts",
]);
/** Rows that decide who may do what and at what cost, or that record it. */
const TABLES = ["users", "sessions", "api_tokens", "secrets", "audit", "reviews", "approval_rules", "daily_spend"];
const WRITES = new RegExp(
  String.raw`\b(INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+(${TABLES.join("|")})\b`,
  "i",
);
/** Bench and evaluation hold the whole application to measure it, without a server. */
const APART = /^(scripts\/(bench|testing)|eval)\//;

/** Returns the marks in the folders of the sources, and above them. */
export function readMarks(root: string, sources: readonly SourceFile[]): Marks {
  const folders = new Set(sources.flatMap(({ file }) => foldersOf(file)));
  return [...folders, ".banyan/", ".ci/"].flatMap((folder) => {
    const mark = path.join(root, folder, MARK);
    return existsSync(mark) ? [[`${folder}${MARK}`, readFileSync(mark, "utf8")] as const] : [];
  });
}

/** `a/b/c.ts` is in "", "a/" and "a/b/". */
function foldersOf(file: string): string[] {
  const names = file.split("/").slice(0, -1);
  return ["", ...names.map((_, at) => `${names.slice(0, at + 1).join("/")}/`)];
}

export function checkGuarded(sources: readonly SourceFile[], marks: Marks): Fault[] {
  const isGuarded = guardOf(marks);
  const faults = sources
    .filter(({ file }) => !isTest(file) && !isGuarded(file) && !NOT_GUARDED.has(file))
    .flatMap((source) => {
      const why = subjectOf(source);
      const fix = `add a mark ${MARK} to its folder that says why, or name the file in the one that is there`;
      return why === null ? [] : [{ file: source.file, message: `${why}, and nothing guards it: ${fix}` }];
    });
  return [...faults, ...withoutReason(marks), ...needless(sources, isGuarded)];
}

/** Returns why a file has to be guarded, as the beginning of a sentence; null for most files. */
function subjectOf(source: SourceFile): string | null {
  const { file, text } = source;
  const room = Object.entries(GUARDED_ROOMS).find(([, files]) => files.test(file))?.[0];
  if (room) return `belongs to what is guarded (${room})`;
  if (!isCode(file)) return null;
  const word = DECIDES.test(file) ? NAMES.exec(file)?.[2] : undefined;
  if (word) return `has the name of a guarded subject (${word})`;
  const table = /^(db|agents|server|scripts\/cli)\//.test(file) ? WRITES.exec(text)?.[3] : undefined;
  if (table) return `writes the table ${table}`;
  return !APART.test(file) && opensAll(source) ? "holds the application or the database without its guard" : null;
}

function withoutReason(marks: Marks): Fault[] {
  return marks
    .filter(([, text]) => !/^[A-Z].*\.$/m.test(text.split("\n- ", 1)[0] ?? ""))
    .map(([file]) => ({ file, message: "does not say why: begin it with a sentence" }));
}

/** An exception that is no longer needed would hide the next file of this name. */
function needless(sources: readonly SourceFile[], isGuarded: (file: string) => boolean): Fault[] {
  return [...NOT_GUARDED]
    .filter((file) => isGuarded(file) || !sources.some((source) => source.file === file))
    .map((file) => ({
      file: "scripts/check/marks.ts",
      message: `no longer needs ${file} in NOT_GUARDED: remove it`,
    }));
}

/** Rows of the audit: who did what, on what, and the outcome, refusals included. */
import type { Ids } from "@/agents/queries/ids";
import type { Actor } from "@/core/rules/roles";
import type { AuditEntry } from "@/db/audit/audit";
import type { Store } from "@/db/store";
import type { Found, Subject } from "./operation";

export interface AuditSources {
  append(rows: readonly AuditEntry[]): Promise<void>;
  /** Returns the full id for what was typed, and its tree. Called before the command runs. */
  find(of: Subject, id: string): Found;
  redact(text: string): string;
  /** Reports a missing row to the server's operator: the command has already run. */
  report(message: string, error?: unknown): void;
}

export interface Told {
  actor: Actor;
  of?: Subject;
  subject?: string;
  /** Its texts are shortened and redacted. */
  detail?: Record<string, unknown>;
}

/** Returns the host of an address, whose path may hold a secret. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "no address";
}

/** Returns only the host of an address, because an address may contain a password. */
export function hostIn(address: string | undefined): string | undefined {
  return address && URL.canParse(address) ? new URL(address).host : undefined;
}

const MOST_TEXT = 200;
/** Texts are cut to this before redaction; a cut in the middle of a shorter text could hide a key from it. */
const MOST_LOOKED_AT = 4_000;

/** Returns the value with only the first line of each text, redacted. */
function briefly(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === "string") return redact(value.slice(0, MOST_LOOKED_AT)).split("\n", 1)[0]?.slice(0, MOST_TEXT);
  if (Array.isArray(value)) return value.map((item) => briefly(item, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, value]) => [name, briefly(value, redact)]));
}

/** Appends a row for a refusal, for a door that checks permissions before it reads the request. */
export async function auditRefusal(
  actor: Actor,
  action: string,
  why: string,
  { append, report }: Pick<AuditSources, "append" | "report">,
): Promise<void> {
  const row = {
    actor: actor.name,
    action,
    subject: "",
    tree: "",
    detail: JSON.stringify({ outcome: "refused", sentence: why }),
  };
  await append([row]).catch((error: unknown) => report(`The audit has no row of ${action} by ${actor.name}.`, error));
}

/**
 * Runs the work and appends its row, in the order in which commands end. A process killed in between leaves only the
 * command's own record. `made`: what the work has created, which the row is then about.
 */
export async function withRow<T>(
  action: string,
  told: Told,
  sources: AuditSources,
  work: () => Promise<T>,
  made: (answer: T) => Found | undefined = () => undefined,
): Promise<T> {
  const { actor, of = "name", subject = "" } = told;
  const detail = { ...(actor.schedule !== undefined && { schedule: actor.schedule }), ...told.detail };
  const found = subject === "" ? { subject, tree: "" } : sources.find(of, subject);
  const append = async (outcome: Record<string, unknown>, about: Found) => {
    const words = JSON.stringify(briefly({ ...outcome, ...detail }, sources.redact));
    const row = { actor: actor.name, action, ...about, detail: words };
    await sources
      .append([{ ...row, subject: sources.redact(row.subject) }])
      .catch((error: unknown) => sources.report(`The audit has no row of ${action} by ${actor.name}.`, error));
  };
  let answer: T;
  try {
    answer = await work();
  } catch (error) {
    // Recognised by name, because Next.js loads more than one copy of the class.
    const isRefusal = error instanceof Error && error.name === "UserError";
    const sentence = error instanceof Error ? error.message : String(error);
    await append({ outcome: isRefusal ? "refused" : "failed", sentence }, found);
    throw error;
  }
  await append({ outcome: "done", ...consequences(action, answer) }, made(answer) ?? found);
  return answer;
}

/** The tree that a fork made, and the calls that a decision or rule decided. */
function consequences(action: string, answer: unknown): Record<string, unknown> {
  const { id, decided } = (answer ?? {}) as { id?: string; decided?: string[] };
  return { ...(action === "fork" && id && { tree: id }), ...(decided?.length && { decided }) };
}

/** Returns a finder that resolves ids as the commands do. An unknown id stays as typed, shortened. */
export function createSubjectFinder(store: Pick<Store, "queries">, ids: Ids, now: () => number): AuditSources["find"] {
  const { trees, reviews } = store.queries;
  const look = {
    unit(id: string) {
      const { kind, uid } = ids.treeOrTask(id);
      return { subject: uid, tree: kind === "tree" ? uid : trees.findTask(uid).treeUid };
    },
    review(id: string) {
      const uid = ids.review(id);
      return { subject: uid, tree: reviews.get(uid, now())?.tree_id ?? "" };
    },
    rule: (id: string) => ({ subject: ids.rule(id), tree: "" }),
    webhook: (id: string) => ({ subject: ids.webhook(id), tree: "" }),
    promotion: (id: string) => ({ subject: ids.promotion(id), tree: "" }),
    token: (id: string) => ({ subject: ids.token(id), tree: "" }),
    proof: (id: string) => ({ subject: ids.sharedProof(id), tree: "" }),
    name: (id: string) => ({ subject: id, tree: "" }),
  };
  return (of, id) => {
    try {
      return look[of](id);
    } catch {
      return { subject: id.slice(0, MOST_TEXT), tree: "" };
    }
  };
}

/**
 * Asks a person to approve a call whose policy is "ask", with exactly what it would do. A letter brings the decision.
 */
import { createHash } from "node:crypto";
import { weightOf } from "@/core/attention";
import { idOf } from "@/core/ids";
import { dangersInCall } from "@/core/rules/command-dangers";
import type { Call } from "@/core/state";
import { ignoredSentence } from "@/core/timeouts";
import { note, type OpenTask } from "./open-task";
import type { World } from "./world";

const TITLE_CHARS = 200;
/**
 * The most characters of a call that an approval can show. A longer call is refused, because a person must see it all.
 */
export const MOST_SHOWN_CHARS = 100_000;

/** Controls, and characters that have no shape or change the direction of a text. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800]/gu;

/** Returns the arguments for a person: the same JSON, with invisible and direction-changing characters escaped. */
export function shownArguments(input: unknown): string {
  return JSON.stringify(input ?? {}, null, 1).replace(UNSEEN, (sign) =>
    sign === "\n" ? sign : [...sign].flatMap(escaped).join(""),
  );
}

/** Returns one code point as JSON escapes, which are two for code points above U+FFFF. */
function escaped(sign: string): string[] {
  return Array.from({ length: sign.length }, (_, at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, "0")}`);
}

/** Opens one review per call. People decide them in any order; the calls run in their own order. */
export function askApproval(world: World, task: OpenTask, calls: Call[]): void {
  const { state, claim } = task;
  const { askTimeoutMs, askDefault = null } = state.setup;
  const untilMs = askTimeoutMs ? world.now() + askTimeoutMs : null;
  for (const call of calls) {
    const uid = idOf(claim.uid, call, "approval");
    const level = call.level ?? "write";
    const dangers = dangersInCall(call.input);
    task.draft.reviews.push({
      uid,
      addressee: null,
      kind: "approval",
      title: `${call.tool} ${JSON.stringify(call.input ?? {})}`.slice(0, TITLE_CHARS),
      detail: `${state.setup.agent} wants to call ${call.tool} (${level}) in “${state.assignment.title}”.${call.why ? ` ${call.why}` : ""}`,
      evidence: shownArguments(call.input),
      ...weightOf(level, dangers),
      ...(dangers.length > 0 && { facts: { dangers } }),
      ifIgnored: ignoredSentence(untilMs, askDefault === null ? null : "continues without the call"),
      subject: { tool: call.tool, hash: subjectOf(call), level, why: call.why },
    });
    const content = { type: "approval_asked", call: call.id, review: uid, untilMs } as const;
    note(task, [{ kind: "event", turn: state.turn, content }]);
  }
}

/** Returns the hash of what an approval allows: the tool and its arguments, in any order of keys. */
export function subjectOf(call: Pick<Call, "tool" | "input">): string {
  return createHash("sha256")
    .update(`${call.tool}\n${canonical(call.input)}`)
    .digest("hex");
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).sort(([key], [other]) => (key < other ? -1 : 1));
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${canonical(value)}`).join(",")}}`;
}

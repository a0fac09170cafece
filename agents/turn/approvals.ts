/** A call whose policy is "ask" is put before a person, with what exactly it would do; the decision comes back as a letter. */
import { createHash } from "node:crypto";
import { BLAST_RADIUS_OF_LEVEL } from "@/core/attention";
import { idOf } from "@/core/ids";
import type { Level } from "@/core/log/entries";
import { ignoredSentence } from "@/core/overdue";
import type { Call } from "@/core/state";
import { note, type OpenTask } from "./open-task";
import type { World } from "./world";

const TITLE_CHARS = 200;
/** Of a call that a person is asked about, no more can be shown: a longer one is refused before, because all of it would run. */
export const MOST_SHOWN_CHARS = 100_000;

/** The arguments as a person reads them. What cannot be seen, or turns the direction of what follows, is escaped: it stays the same JSON. */
export function shownArguments(input: unknown): string {
  return JSON.stringify(input ?? {}, null, 1).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (sign) =>
    sign === "\n" ? sign : [...sign].flatMap(escaped).join(""),
  );
}

/** One code point as JSON escapes: two beyond the first 65,536. */
function escaped(sign: string): string[] {
  return Array.from({ length: sign.length }, (_, at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, "0")}`);
}

/** How sure nobody can be of what a call of the level does: reading is plain, commands and the outside are not. */
const UNCERTAINTY: Record<Level, number> = { read: 1, write: 2, network: 3, host: 4, change: 4 };

/** Opens one review a call, all of them at once; they are decided in any order, and the calls run in theirs. */
export function askApproval(world: World, task: OpenTask, calls: Call[]): void {
  const { state, claim } = task;
  const { askTimeoutMs, askDefault = null } = state.setup;
  const untilMs = askTimeoutMs ? world.now() + askTimeoutMs : null;
  for (const call of calls) {
    const uid = idOf(claim.uid, call, "approval");
    const level = call.level ?? "write";
    task.draft.reviews.push({
      uid,
      addressee: null,
      kind: "approval",
      title: `${call.tool} ${JSON.stringify(call.input ?? {})}`.slice(0, TITLE_CHARS),
      detail: `${state.setup.agent} wants to call ${call.tool} (${level}) in “${state.assignment.title}”.${call.why ? ` ${call.why}` : ""}`,
      evidence: shownArguments(call.input),
      blastRadius: BLAST_RADIUS_OF_LEVEL[level],
      uncertainty: UNCERTAINTY[level],
      ifIgnored: ignoredSentence(untilMs, askDefault === null ? null : "goes on without the call"),
      subject: { tool: call.tool, hash: subjectOf(call), level, why: call.why },
    });
    const content = { type: "approval_asked", call: call.id, review: uid, untilMs } as const;
    note(task, [{ kind: "event", turn: state.turn, content }]);
  }
}

/** What an approval allows, exactly: the tool and its arguments, whatever their order. */
export function subjectOf(call: Pick<Call, "tool" | "input">): string {
  return createHash("sha256")
    .update(`${call.tool}\n${canonical(call.input)}`)
    .digest("hex");
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(",")}}`;
}

/** A call whose policy is "ask" is put before a person, with what exactly it would do; the decision comes back as a letter. */
import { createHash } from "node:crypto";
import { BLAST_RADIUS_OF_LEVEL } from "./core/attention";
import type { Level } from "./core/entries";
import { ignoredSentence } from "./core/overdue";
import type { Call } from "./core/state";
import { note, type OpenTask } from "./open-task";
import { idOf } from "./tools/settle";
import type { World } from "./world";

const TITLE_CHARS = 200;
const EVIDENCE_CHARS = 100_000;

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
    const input = JSON.stringify(call.input ?? {}, null, 1);
    task.draft.reviews.push({
      uid,
      addressee: null,
      kind: "approval",
      title: `${call.tool} ${JSON.stringify(call.input ?? {})}`.slice(0, TITLE_CHARS),
      detail: `${state.setup.agent} wants to call ${call.tool} (${level}) in “${state.assignment.title}”.${call.why ? ` ${call.why}` : ""}`,
      evidence: input.slice(0, EVIDENCE_CHARS),
      blastRadius: BLAST_RADIUS_OF_LEVEL[level],
      uncertainty: UNCERTAINTY[level],
      ifIgnored: ignoredSentence(untilMs, askDefault === null ? null : "goes on without the call"),
      subject: { tool: call.tool, hash: subjectOf(call) },
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

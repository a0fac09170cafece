/** Decides what a coding agent asks for: the walls of its sandbox first, then the task's rights and policies, then a person. */
import type { CallAnswer, CallAsk } from "@/agents/tools/contract/ask";
import type { PermissionAsk } from "@/lib/acp/converse";

/** What a request is judged by. */
export interface Walls {
  isReadOnly: boolean;
  /** Absent: nobody can be asked. */
  ask: ((ask: CallAsk) => Promise<CallAnswer>) | undefined;
}

export interface Refusal {
  /** Why, as the end of a sentence. */
  why: string;
  by: string;
}

/** Requests that only look. */
const READING = new Set(["read", "search", "think"]);
/** A command is like one of `use_terminal` without network: it can only change the workspace. */
const WRITING = new Set(["edit", "delete", "move", "execute"]);

/** Returns null when the request is allowed. */
export async function decide(
  agent: string,
  request: PermissionAsk,
  { isReadOnly, ask }: Walls,
): Promise<Refusal | null> {
  const { kind, title, input } = request;
  if (READING.has(kind)) return null;
  if (kind === "fetch") return { why: "its sandbox has no network", by: "Banyan" };
  // In a read-only workspace commands still have their scratch folder, but files are not edited.
  if (isReadOnly && WRITING.has(kind) && kind !== "execute")
    return { why: "it may only read the workspace", by: "Banyan" };
  if (!ask) return WRITING.has(kind) ? null : { why: "nobody can be asked here", by: "Banyan" };
  const isKnown = WRITING.has(kind);
  const answer = await ask({
    what: "permission",
    subject: `run_coding_agent:${isKnown ? kind : "other"}`,
    input: { agent, input },
    title: `${agent}: ${title || kind}`,
    detail: `The coding agent ${agent} asks for permission (${kind}): ${title || "it gives no title"}`,
    level: "write",
    ...(!isKnown && { why: "Banyan does not know what this request does." }),
  });
  return answer.approved ? null : { why: answer.text ?? "it was not allowed", by: answer.by };
}

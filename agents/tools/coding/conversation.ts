/** Talks with an agent, and handles its messages: its session, its calls, its requests for permission. */
import { createHash } from "node:crypto";
import type { Conversation, PermissionAsk } from "@/lib/acp/converse";
import { SANDBOX_ROOT, WorkspaceError } from "@/lib/workspace/path";
import { executorCall, type Refused, show } from "./answer";
import { LAST } from "./input";
import type { Patches } from "./patches";
import { decide } from "./permissions";
import type { Prepared } from "./prepare";
import { recap, resumption } from "./sessions";

const START_TIMEOUT_MS = 90_000;
const CANCEL_TIMEOUT_MS = 3_000;

export function conversationOf(prepared: Prepared, refused: Refused[], patches: Patches): Conversation {
  const { agents, given, context, executor, ways, folder } = prepared;
  const { prompt } = given;
  const begun = sessionOf(prepared);
  return {
    cwd: SANDBOX_ROOT,
    prompt: begun?.prompt ?? prompt,
    ...(begun && { session: { id: begun.id, promptWithout: begun.promptWithout } }),
    ...(executor.meta && { meta: executor.meta }),
    signal: context.signal,
    startTimeoutMs: agents.startTimeoutMs ?? START_TIMEOUT_MS,
    cancelTimeoutMs: CANCEL_TIMEOUT_MS,
    onActivity: () => context.onActivity?.(),
    onSeen: (seen) => {
      show(context, seen, patches);
      if (seen.type === "call" && seen.isEnd)
        void context.onExecutor?.({ type: "executor_call", ...executorCall(seen.call, patches) });
    },
    onSession: async (session, agent) => {
      await folder.keep({ session, prompt, message: null, calls: [] });
      const isLoaded = session === begun?.id;
      const hash = createHash("sha256").update(prompt).digest("hex");
      const version = agent?.version ?? ways[0].executable.version;
      await context.onExecutor?.({
        type: "executor_started",
        executor: executor.name,
        version,
        session,
        isLoaded,
        prompt: hash,
      });
    },
    onPermission: (request) => permit(prepared, request, refused),
  };
}

/** Returns the earlier session to continue, and what to say in it; null: a new session begins. */
function sessionOf({ given, context, executor, last }: Prepared) {
  const { prompt, session } = given;
  const resumed = context.resumed?.[0];
  if (resumed) {
    const goOn = resumption(resumed.executed);
    return { id: resumed.session, prompt: goOn, promptWithout: `${goOn}\n\nYou were asked:\n${prompt}` };
  }
  const wanted = session === LAST ? last?.session : session;
  if (session !== undefined && wanted === undefined)
    throw new WorkspaceError(`This task has no earlier session of ${executor.title}; leave out \`session\`.`);
  if (wanted === undefined) return null;
  const isKnown = last !== null && last.session === wanted;
  return { id: wanted, prompt, promptWithout: isKnown ? recap(last) + prompt : prompt };
}

async function permit(
  { context, workplace, executor }: Prepared,
  request: PermissionAsk,
  refused: Refused[],
): Promise<"allow" | "reject"> {
  const walls = { isReadOnly: workplace.folder.isReadOnly === true, ask: context.ask };
  const refusal = await decide(executor.name, request, walls);
  if (refusal === null) return "allow";
  refused.push({ title: request.title, ...refusal });
  context.onProgress?.(`Refused: ${request.title} (${refusal.why})`);
  return "reject";
}

/**
 * The models `executor/NAME`: a coding agent does the whole task. The program gives it the instruction, passes on what
 * people say meanwhile and why an end was sent back, and ends the task with what the agent said.
 */
import type { ExecutorFault } from "@/core/log/call-faults";
import type { ModelPort, ModelRequest } from "@/core/log/model";
import { type Answer, type Conversation, readConversation } from "./conversation";
import { fieldOf, parseJsonText, toText, type Value } from "./json";
import { executorOf } from "./names";
import { idOfCall, type Program, type ProgramEnd, replyOf } from "./program";

const TOOL = "run_coding_agent";

export const executorModel: ModelPort = {
  async respond(request, { signal, onDraft }) {
    signal.throwIfAborted();
    const reply = executorReply(request);
    for (const part of reply.parts) if (part.type === "text") onDraft({ type: "text", text: part.text });
    return reply;
  },
};

function executorReply({ model, messages }: Pick<ModelRequest, "model" | "messages">) {
  const conversation = readConversation(messages);
  return replyOf(carryOut(executorOf(model) ?? "", conversation), conversation);
}

function* carryOut(agent: string, conversation: Conversation): Program {
  let prompt = [conversation.instruction, ...saidBetween(conversation, -1, 0)].join("\n\n");
  let ends = 0;
  for (let round = 1; ; round += 1) {
    const key = `work${round}`;
    const input = { agent, prompt, ...(round > 1 && { session: "last" }) };
    const [answer] = yield { says: `Gives the task to ${agent}.`, calls: [{ key, name: TOOL, input }] };
    const made = (conversation.asked.get(idOfCall(conversation, key)) ?? 0) + 1;
    const words = saidBetween(conversation, made - 1, made);
    if (words.length > 0) {
      prompt = words.join("\n\n");
      continue;
    }
    const ended = conversation.answers.get(idOfCall(conversation, `end-${ends + 1}`));
    if (!ended) return endOf(answer);
    ends += 1;
    // Its result was sent back, or a person continued the task after its end.
    prompt = [...(ended.isError ? [ended.content] : []), ...saidBetween(conversation, made, made + 1)].join("\n\n");
  }
}

/** Returns what was said to the task after more than `from` and at most `to` calls. */
function saidBetween({ said }: Conversation, from: number, to: number): string[] {
  return said.filter(({ after }) => after > from && after <= to).map(({ text }) => text);
}

/** Returns how the task ends after the agent's last work. */
function endOf(answer: Answer | undefined): ProgramEnd {
  const content = answer?.content ?? "";
  const told = parseJsonText(content);
  const message = toText(fieldOf(told, "message"));
  const problem = toText(fieldOf(told, "problem"));
  const stop = toText(fieldOf(told, "stop_reason"));
  if (told === null) return { status: "failure", result: content };
  if (!answer?.isError && stop === "end_turn")
    return { status: "success", result: message || "The agent said nothing." };
  const why = problem || `The agent stopped: ${stop || "it gave no reason"}.`;
  return { status: "failure", result: [why, message].filter(Boolean).join("\n\n"), ...causeOf(told) };
}

/** Its own words say all other causes. */
function causeOf(told: Value): Pick<ProgramEnd, "reason" | "grant_needed"> {
  const lacks: readonly string[] = ["grant_spent", "grant_too_small"] satisfies ExecutorFault[];
  if (!lacks.includes(toText(fieldOf(told, "reason")))) return {};
  const needed = fieldOf(fieldOf(told, "grant"), "enough");
  return { reason: "out_of_grant", ...(typeof needed === "object" && needed !== null && { grant_needed: needed }) };
}

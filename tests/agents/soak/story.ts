/** The trees of the soak: the model's replies, and how each tree must end. Three levels, in parallel at each level. */
import type { ProviderScript, Reply, ScriptedRequest } from "../provider-script";
import { call, endTask, passed, startSubtask } from "../replies";
import { sub, toldIn } from "../scenario";

/** Tasks of one tree by title, without the evaluators. */
export function titlesOf(tree: number): string[] {
  const mids = ["1", "2"].map((mid) => `mid ${tree}.${mid}`);
  return [
    `root ${tree}`,
    ...mids,
    ...mids.flatMap((mid) => ["1", "2"].map((leaf) => `${mid.replace("mid", "leaf")}.${leaf}`)),
  ];
}

export const resultOf = (title: string) => `${title} is done`;

/**
 * Returns whether the person allows the call of `asked`; it depends only on the input, so that checks can repeat it.
 */
export const isAllowed = (what: string) => !what.endsWith(".2.1 a");

const touch = (tool: string, what: string) => ({ name: tool, input: { what } });

/** Returns the reply. It depends only on the request's conversation, so that a repeated turn gets the same reply. */
export const soakScript: ProviderScript = (request) => {
  const title = request.instruction.split("\n", 1)[0] ?? "";
  const delayMs = (request.rawBody.length * 7) % 40;
  if (request.agent === "task_evaluator") return { ...passed(), delayMs };
  return { ...replyTo(request, title), delayMs };
};

function replyTo(request: ScriptedRequest, title: string): Reply {
  if (title.startsWith("root")) return parentReply(request, title, ["mid", title.slice(5)]);
  if (title.startsWith("mid")) return parentReply(request, title, ["leaf", title.slice(4)]);
  return leafReply(request, title);
}

/** Touches something, starts two subtasks, passes their questions up, and ends with all results. */
function parentReply(request: ScriptedRequest, title: string, [level, number]: [string, string]): Reply {
  const names = ["1", "2"].map((part) => `${level} ${number}.${part}`);
  if (request.turn === 0) return { calls: [touch("often", `${title} a`), touch("once", `${title} b`)] };
  if (request.turn === 1) {
    const [first = "", second = ""] = names;
    // In every third tree the second waits for the first.
    const isChained = level === "mid" && Number(number) % 3 === 0;
    return startSubtask(sub(first), sub(second, isChained ? { depends_on: [first] } : {}));
  }
  const question = openQuestion(request);
  // A question of a leaf goes up to the root, which answers those of odd trees and hands the others on to a person.
  if (question) {
    const answers = level === "mid" && Number(number) % 2 === 1;
    return answers ? call("answer", { question, text: "The root's." }) : call("pass_up", { question });
  }
  const told = JSON.stringify(request.messages);
  return names.every((name) => told.includes(resultOf(name))) ? endTask(resultOf(title)) : { text: "I wait." };
}

function openQuestion(request: ScriptedRequest): string | undefined {
  const asked = [...toldIn(request).matchAll(/\{"question":"(\w+)","task":/g)].map((match) => match[1] ?? "");
  const done = request.messages.flatMap((message) =>
    message.role === "assistant" ? message.calls.map((call) => (call.input as { question?: string }).question) : [],
  );
  return asked.find((question) => !done.includes(question));
}

/** The first leaf makes a call that needs approval, the second asks; both make a call that must run once. */
function leafReply(request: ScriptedRequest, title: string): Reply {
  const isFirst = title.endsWith(".1");
  if (request.turn === 0)
    return isFirst
      ? { calls: [touch("asked", `${title} a`), touch("once", `${title} b`)] }
      : { calls: [touch("once", `${title} a`), { name: "ask", input: { question: `Which way, ${title}?` } }] };
  if (request.turn === 1) return { calls: [touch("once", `${title} c`), touch("often", `${title} d`)] };
  return endTask(resultOf(title));
}

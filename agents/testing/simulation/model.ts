/** A random model: it answers at once, late, never, or with every kind of error, and calls every core tool, rightly and wrongly. */
import { ModelError, type ModelPort, type ModelReply, type ModelRequest } from "@/agents/core/model";
import type { Owner, SimulatedClock } from "./clock";
import type { Effects } from "./effects";
import type { Random } from "./random";
import type { Tally } from "./tally";

export interface Mind {
  random: Random;
  /** No more mischief: every task comes to its end. */
  isCalm(): boolean;
  calls: number;
  tasks: Map<string, TaskMemory>;
}

interface TaskMemory {
  turnsLeft: number;
  answered: Set<string>;
}

type Planned = { name: string; input: unknown; malformed?: boolean };

export function createMind(random: Random, isCalm: () => boolean): Mind {
  return { random, isCalm, calls: 0, tasks: new Map() };
}

export function simulatedModel(
  mind: Mind,
  clock: SimulatedClock,
  owner: Owner,
  effects: Effects,
  tally: Tally,
): ModelPort {
  return {
    respond(request, { signal, onDraft }) {
      const { random } = mind;
      const task = /^Task: (\S+)$/m.exec(request.system)?.[1] ?? "";
      const done = effects.begin("model", task, owner, signal);
      return new Promise<ModelReply>((resolve, reject) => {
        const settle = (run: () => void) => {
          done();
          run();
        };
        signal.addEventListener("abort", () => settle(() => reject(signal.reason)), { once: true });
        const failure = mind.isCalm() ? null : failureOf(random);
        if (failure === "hang") {
          tally.hit("model hangs");
          return;
        }
        const answer = () =>
          settle(() => {
            if (failure) {
              tally.hit(`model ${failure instanceof ModelError ? failure.kind : "breaks"}`);
              return reject(failure);
            }
            onDraft({ type: "text", text: "…" });
            resolve(replyTo(request, task, mind, tally));
          });
        const delayMs = random.chance(0.3) ? 0 : random.between(1, random.chance(0.1) ? 18_000 : 3_000);
        if (delayMs === 0) queueMicrotask(() => owner.life === "alive" && answer());
        else clock.after(delayMs, owner, answer);
      });
    },
  };
}

function failureOf(random: Random): Error | "hang" | null {
  if (random.chance(0.88)) return null;
  const kind = random.weighted({
    retry: 20,
    cut: 10,
    asked: 8,
    quota: 8,
    hang: 6,
    too_long: 8,
    refused: 1,
    bad_request: 1,
    no_key: 1,
    broken: 2,
  });
  switch (kind) {
    case "hang":
      return "hang";
    case "broken":
      return new TypeError("simulated fault inside an adapter");
    case "cut":
      return new ModelError("retry", "The stream was cut.", { firstPartSeen: true });
    case "asked":
      return new ModelError("retry", "Too many requests.", { status: 429, retryAfterMs: random.between(100, 20_000) });
    case "quota":
      return new ModelError("quota", "The quota is used up.", { retryAfterMs: random.between(10_000, 90_000) });
    default:
      return new ModelError(kind, `It failed: ${kind}.`);
  }
}

function replyTo(request: ModelRequest, task: string, mind: Mind, tally: Tally): ModelReply {
  const chars = request.messages.reduce((sum, message) => sum + JSON.stringify(message).length, 0);
  const usage = { inputTokens: Math.ceil(chars / 4) + 100, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 40 };
  if (request.tools.length === 0) {
    tally.hit("compaction");
    return { parts: [{ type: "text", text: "A summary." }], calls: [], usage, stopReason: "stop" };
  }
  const planned = plan(request, task, mind, tally);
  const calls = planned.map((call) => {
    mind.calls += 1;
    return { id: `c${mind.calls}`, ...call };
  });
  if (calls.length === 0) tally.hit("text without a call");
  for (const call of calls) tally.hit(`calls ${call.name}`);
  const text = { type: "text" as const, text: `Thinking ${mind.calls}` };
  const parts = [text, ...calls.map((call) => ({ type: "call" as const, id: call.id }))];
  return { parts, calls, usage, stopReason: calls.length > 0 ? "tool_calls" : "stop" };
}

function plan(request: ModelRequest, task: string, mind: Mind, tally: Tally): Planned[] {
  const { random } = mind;
  const agent = /^Agent: (\S+)$/m.exec(request.system)?.[1] ?? "";
  let memory = mind.tasks.get(task);
  if (!memory) {
    memory = { turnsLeft: random.between(0, 4), answered: new Set() };
    mind.tasks.set(task, memory);
  }
  const texts = request.messages.map((message) => ("content" in message ? message.content : ""));
  const offered = new Set(request.tools.map((tool) => tool.name));
  if (agent === "task_evaluator") return [judge(mind)];
  if (agent === "agent_selector") return select(random, tally);
  memory.turnsLeft -= 1;
  if (memory.turnsLeft < 0 || mind.isCalm()) return finish(texts, memory, mind);
  return act(texts, memory, offered, mind);
}

function judge({ random, isCalm }: Mind): Planned {
  const outcome = isCalm() ? "pass" : random.weighted({ pass: 60, fail: 25, unjudged: 5, nonsense: 10 });
  return { name: "end_task", input: { status: "success", result: JSON.stringify({ outcome, reasons: ["Because."] }) } };
}

function select(random: Random, tally: Tally): Planned[] {
  const start = { name: "start_subtask", input: { instruction: "the whole", agent: "worker" } };
  if (!random.chance(0.2)) return [start];
  tally.hit("selector starts two");
  return [start, start];
}

/** What is open first, then the end. */
function finish(texts: string[], memory: TaskMemory, mind: Mind): Planned[] {
  const { random } = mind;
  const question = openQuestions(texts, memory)[0];
  if (question) return [reply(question, memory, mind)];
  if (texts.at(-1)?.startsWith("Not ended")) return [{ name: "wait_for_subtasks", input: {} }];
  const status = !mind.isCalm() && random.chance(0.15) ? "failure" : "success";
  const claims = random.chance(0.1) ? [{ statement: "It is there.", command: "test -e it" }] : undefined;
  return [{ name: "end_task", input: { status, result: "r".repeat(random.chance(0.15) ? 2_500 : 20), claims } }];
}

function openQuestions(texts: string[], memory: TaskMemory): string[] {
  const asked = texts.flatMap((text) =>
    [...text.matchAll(/\{"question":"([a-z2-9]{12})","task":/g)].map((match) => match[1] ?? ""),
  );
  return asked.filter((question) => !memory.answered.has(question));
}

function reply(question: string, memory: TaskMemory, { random }: Mind): Planned {
  memory.answered.add(question);
  if (random.chance(0.3)) return { name: "pass_up", input: { question } };
  return { name: "answer", input: { question, text: "Take the first." } };
}

function act(texts: string[], memory: TaskMemory, offered: Set<string>, mind: Mind): Planned[] {
  const { random } = mind;
  const known = [...texts.join("\n").matchAll(/"task":"([a-z2-9]{12})"/g)].map((match) => match[1] ?? "");
  const question = openQuestions(texts, memory)[0];
  if (question && random.chance(0.7)) return [reply(question, memory, mind)];
  const calls: Planned[] = [];
  for (let count = random.between(1, 3); count > 0; count -= 1) calls.push(...oneAction(known, mind));
  const kept = calls.filter((call) => offered.has(call.name) || call.name === "no_such_tool");
  return random.chance(0.06) ? [] : kept;
}

function oneAction(known: string[], mind: Mind): Planned[] {
  const { random } = mind;
  const action = random.weighted({
    read: 16,
    once: 14,
    subtasks: 22,
    ask: 6,
    breakdown: 5,
    wait: 6,
    stop: 4,
    flag: 2,
    unknown: 2,
    invalid: 2,
    malformed: 1,
    end: 4,
    context: 2,
    tools: 2,
  });
  switch (action) {
    case "read":
      return [{ name: "read_file", input: { n: ++mind.calls } }];
    case "once":
      return [{ name: "use_terminal", input: { n: ++mind.calls } }];
    case "subtasks":
      return subtasks(mind);
    case "ask":
      return [{ name: "ask", input: { question: "Which one?" } }];
    case "breakdown":
      return [{ name: "break_down_task", input: { reasoning: `It is large ${++mind.calls}.` } }];
    case "wait":
      return [
        {
          name: "wait_for_subtasks",
          input: known.length > 0 && random.chance(0.5) ? { tasks: [random.pick(known)] } : {},
        },
      ];
    case "stop":
      return [
        { name: "stop_subtask", input: { task: known.length > 0 ? random.pick(known) : "none", reason: "Enough." } },
      ];
    case "flag":
      return [{ name: "flag_for_review", input: { issue: "This looks wrong." } }];
    case "unknown":
      return [{ name: "no_such_tool", input: {} }];
    case "invalid":
      return [{ name: "start_subtask", input: { agent: 5 } }];
    case "malformed":
      return [{ name: "ask", input: "{", malformed: true }];
    case "end":
      return [{ name: "end_task", input: { status: "success", result: "Early." } }];
    case "context":
      return [{ name: "request_context", input: { needed: "environment" } }];
    case "tools":
      return [{ name: "request_tools", input: { needed: "git" } }];
  }
}

function subtasks(mind: Mind): Planned[] {
  const { random } = mind;
  const starts: { title: string; depends_on: string[] }[] = [];
  for (let count = random.between(1, 3); count > 0; count -= 1) {
    const title = `part ${++mind.calls}`;
    const before = starts.length > 0 && random.chance(0.4) ? [random.pick(starts).title] : [];
    starts.push({ title, depends_on: random.chance(0.03) ? ["nothing"] : random.chance(0.03) ? [title] : before });
  }
  return starts.map((start) => ({
    name: "start_subtask",
    input: { ...start, instruction: `Do ${start.title}`, agent: random.pick(["worker", "researcher", "coder"]) },
  }));
}

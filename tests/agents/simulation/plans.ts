/** Plans of the simulated agents: all core tools and tools of every policy, called validly and invalidly. */
import type { ModelRequest } from "@/core/log/model";
import type { Random } from "./random";
import type { Tally } from "./tally";

export interface Mind {
  random: Random;
  /** Stops causing trouble, so that every task ends. */
  isCalm(): boolean;
  calls: number;
  tasks: Map<string, TaskMemory>;
}

interface TaskMemory {
  turnsLeft: number;
  /** It calls the same tool repeatedly. */
  circles: boolean;
  answered: Set<string>;
}

type Planned = { name: string; input: unknown; malformed?: boolean };

export function createMind(random: Random, isCalm: () => boolean): Mind {
  return { random, isCalm, calls: 0, tasks: new Map() };
}

/** The calls of one reply. */
export function plan(request: ModelRequest, task: string, mind: Mind, tally: Tally): Planned[] {
  const { random } = mind;
  const agent = /^Agent: (\S+)$/m.exec(request.system)?.[1] ?? "";
  let memory = mind.tasks.get(task);
  if (!memory) {
    const circles = random.chance(0.03);
    memory = { turnsLeft: circles ? 14 : random.between(0, 4), circles, answered: new Set() };
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

/** Settles open questions first, then ends the task. */
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
  if (memory.circles && random.chance(0.9)) return [{ name: "list_directory", input: { path: "." } }];
  const calls: Planned[] = [];
  for (let count = random.between(1, 3); count > 0; count -= 1) calls.push(...oneAction(known, mind));
  const kept = calls.filter((call) => offered.has(call.name) || call.name === "no_such_tool");
  return random.chance(0.06) ? [] : kept;
}

function oneAction(known: string[], mind: Mind): Planned[] {
  const { random } = mind;
  const action = random.weighted({
    read: 16,
    once: 12,
    askedOnce: 9,
    askedOften: 5,
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
    case "askedOnce": {
      // Sometimes two calls are equal, for decisions on all equal calls.
      const write = { name: "write_file", input: { n: ++mind.calls } };
      return random.chance(0.3) ? [write, write] : [write];
    }
    case "askedOften":
      return [{ name: "search_files", input: { n: ++mind.calls } }];
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

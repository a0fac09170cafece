/** The trees of the fake server: in every state, a growing tree, and a large tree. */
import type { TaskStatus } from "@/core/log/terms";
import type { Task, Tree } from "@/core/shapes/shapes";
import { type FakeStore, NO_CAP } from "./fake-store";

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const usage = { inputTokens: 9_000, cacheReadTokens: 8_000, cacheWriteTokens: 500, outputTokens: 400 };

type Line = [
  depth: number,
  title: string,
  status: TaskStatus,
  turns: number,
  usd: number,
  of: number,
  extra?: Partial<Task>,
];

const UPGRADE: Line[] = [
  [
    0,
    "Upgrade Express 4 to 5, keep every test green",
    "waiting",
    14,
    9.69,
    24,
    { waiting_for: { kind: "subtasks", tasks: ["a", "b", "c", "d"], reviews: [] } },
  ],
  [1, "Plan the upgrade", "succeeded", 4, 0.38, 1, { agent: "task_breakdown" }],
  [1, "Find out what Express 5 changes for us", "succeeded", 11, 0.99, 2, { agent: "researcher" }],
  [2, "Read the migration guide and changelog", "succeeded", 6, 0.31, 0.6, { agent: "researcher" }],
  [2, "List every route, middleware and error handler", "succeeded", 9, 0.44, 0.6],
  [1, "Upgrade dependencies", "waiting", 10, 2, 3, { waiting_for: { kind: "subtasks", tasks: ["e"], reviews: [] } }],
  [2, "Bump express to 5.1.0 and @types/express", "succeeded", 6, 0.22, 0.5],
  [2, "Replace body-parser with express.json", "running", 12, 0.48, 0.58, { headline: "Running npm test -- uploads" }],
  [
    2,
    "Replace connect-timeout, unmaintained",
    "failed",
    21,
    0.6,
    0.6,
    {
      reason: "claims_failed",
      reason_detail: "After two attempts a claim still does not hold.",
      attempt: 2,
      tries: 2,
      verdict: {
        outcome: "fail",
        reasons: ["`server.requestTimeout` closes the socket; it never answers 503."],
        claims: [
          {
            statement: "`connect-timeout` is no longer installed.",
            command: "npm ls connect-timeout",
            mark: "shown",
            exit_status: 0,
            output: "(empty)",
          },
          {
            statement: "Repeated keys still arrive as arrays.",
            mark: "judged",
            exit_status: null,
            output: "Holds; the nine cases agree.",
          },
          {
            statement: "A request over 30 s gets a 503.",
            command: "npm test -- timeout",
            mark: "failed",
            exit_status: 1,
            output: "FAIL  timeout.test.ts > answers 503 after 30 s\nError: socket hang up  code: ECONNRESET",
          },
        ],
      },
    },
  ],
  [1, "Migrate the code", "waiting", 9, 4.2, 9, { waiting_for: { kind: "subtasks", tasks: ["f", "g"], reviews: [] } }],
  [
    2,
    "Path patterns: * and optional parameters",
    "waiting",
    9,
    1.31,
    3,
    { waiting_for: { kind: "subtasks", tasks: ["g"], reviews: [] } },
  ],
  [3, "routes/public: 11 patterns", "succeeded", 10, 0.39, 0.8],
  [3, "routes/admin: 6 patterns", "running", 8, 0.27, 0.8, { headline: "Editing routes/admin/users.ts" }],
  [3, "routes/legacy: 4 patterns", "waiting", 7, 0.24, 0.8, { headline: "May /files/* stop matching /files?" }],
  [
    2,
    "req.query is read-only now: 14 places",
    "running",
    18,
    0.71,
    1.2,
    { attempt: 2, tries: 2, headline: "Editing src/middleware/tenant.ts" },
  ],
  [2, "res.status() with values that are not integers", "ready", 0, 0, 0.5],
  [2, "Types: ParamsDictionary and res.locals", "paused", 3, 0.11, 0.5, { headline: "Paused by Mara" }],
  [1, "Verify", "waiting", 3, 0.51, 2, { waiting_for: { kind: "subtasks", tasks: ["h"], reviews: [] } }],
  [
    2,
    "Load test: p95 within 5 % of Express 4",
    "parked",
    2,
    0.04,
    0.5,
    { agent: "worker", reason: "model_error", headline: "The provider's tokens per hour are used up" },
  ],
  [
    2,
    "Compare error bodies with production samples",
    "stopped",
    4,
    0.16,
    0.8,
    { agent: "researcher", reason: "by_person", reason_detail: "We have no samples from May." },
  ],
  [
    1,
    "Write the migration note for the team",
    "waiting",
    0,
    0,
    0.5,
    { waiting_for: { kind: "predecessors", tasks: ["x"], reviews: [] } },
  ],
];

export function playUpgrade(store: FakeStore): Tree {
  const tree = store.addTree({ title: UPGRADE[0]![1], created_at: minutesAgo(72) });
  const stack: Task[] = [];
  UPGRADE.forEach(([depth, title, status, turns, usd, of, extra], index) => {
    const ended = status === "succeeded" || status === "failed" || status === "stopped";
    const task = store.addTask(tree, stack[depth - 1] ?? null, {
      title,
      status,
      turns,
      grant: { ...NO_CAP, cost_usd: of },
      spent: { tokens: Math.round(usd * 90_000), cost_usd: usd, tasks: 1, depth: 0, seconds: 300 },
      created_at: minutesAgo(72 - index),
      started_at: turns ? minutesAgo(70 - index * 2) : null,
      ended_at: ended ? minutesAgo(50 - index) : null,
      parked_until: status === "parked" ? new Date(Date.now() + 6 * 60_000).toISOString() : null,
      instruction: `${title}. Keep what clients see the same, and show it with a test.`,
      ...extra,
    });
    stack[depth] = task;
    if (task.waiting_for?.kind === "predecessors") waitForOpenSiblings(task, tree.tasks);
    if (turns) playLog(store, task, index % 3 === 1 ? 3 : 2);
  });
  for (const parent of tree.tasks.filter((task) => task.status === "succeeded")) {
    for (const agent of ["task_evaluator", "summary_agent"]) {
      store.addTask(tree, parent, {
        title: `${agent} of ${parent.title}`,
        role: "finishing",
        agent,
        status: "succeeded",
        turns: 1,
        ended_at: minutesAgo(9),
      });
    }
  }
  askAbout(store, tree.tasks.find((task) => task.title.startsWith("routes/legacy"))!);
  return tree;
}

function waitForOpenSiblings(task: Task, all: readonly Task[]): void {
  const before = all.filter(
    (other) => other.parent_id === task.parent_id && other.status === "waiting" && other !== task,
  );
  task.depends_on = before.slice(1).map((other) => other.id);
  task.waiting_for = { kind: "predecessors", tasks: task.depends_on, reviews: [] };
}

function askAbout(store: FakeStore, task: Task): void {
  const id = store.newId("r");
  store.reviews.set(id, {
    id,
    tree_id: task.tree_id,
    task_id: task.id,
    kind: "question",
    act: "Answer: May /files/* stop matching /files without a slash?",
    title: "May `/files/*` stop matching `/files` without a slash?",
    detail:
      "Express 4 matched both. Express 5 needs `/files/*path`, which does not match the bare path. Three clients called it in the last 30 days.",
    evidence: null,
    attention: 6,
    waiting_tasks: 1,
    blast_radius: 2,
    uncertainty: 3,
    if_ignored: "The task and everything that depends on it wait. Everything else continues.",
    default_answer: null,
    dangers: [],
    risk: { level: "No", says: "your words go to the task that asks" },
    tool: null,
    alike: 1,
    status: "open",
    answer: null,
    created_at: minutesAgo(12),
    decided_by: null,
    decided_by_rule: null,
    decided_at: null,
  });
  store.change(
    task,
    { status: "waiting", waiting_for: { kind: "answer", tasks: [], reviews: [id] } },
    "Asked a person.",
  );
}

function playLog(store: FakeStore, task: Task, turns: number): void {
  for (let turn = 1; turn <= turns; turn++) {
    const call = `c${task.id}-${turn}`;
    const text =
      "The failing tests expect `req.query.tenant` to be filled from the host name.\n\n- `tenant.ts` does that through `Object.assign`\n- my search did not match it\n\n| file | places |\n| --- | --- |\n| tenant.ts | 3 |\n| orders.ts | 11 |";
    const reasoning = { type: "reasoning", text: "The tests name the host; look there first." };
    say(store, task, turn, text, [reasoning]);
    const failing = turn % 2 === 0;
    const output = failing
      ? `${Array.from({ length: 60 }, (_, line) => ` FAIL  tenant.test.ts > case ${line}: expected "acme", received undefined`).join("\n")}\nexit status 1`
      : "src/middleware/tenant.ts:31: Object.assign(req.query, { tenant })";
    const command = failing ? "npm test -- tenant" : 'rg -n "Object.assign\\(req" src';
    callTool(store, task, turn, { id: call, tool: "use_terminal", input: { command } }, output, failing);
  }
  if (turns > 2)
    store.append(
      task,
      "steer",
      { text: "Legacy clients read `?tenant=` themselves. Do not rename it.", by: "Mara Lind" },
      { turn: turns },
    );
}

function say(store: FakeStore, task: Task, turn: number, text: string, before: object[] = []): void {
  const parts = [...before, { type: "text", text }];
  const content = { parts, stopReason: "tool_calls", valid: true, cost_usd: 0.04 };
  store.append(task, "agent_response", content, { turn, usage });
}

interface FakeCall {
  id: string;
  tool: string;
  input: object;
}

function callTool(store: FakeStore, task: Task, turn: number, call: FakeCall, text: string, isError = false): void {
  const of = { turn, tool: call.tool, tool_call_id: call.id };
  store.append(task, "tool_call", { input: call.input, mode: "repeat" }, of);
  store.append(task, "tool_response", { text, isError }, of);
}

/** Adds texts that would run as code if a page failed to escape them. */
export function playHostile(store: FakeStore): Tree {
  const text = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> [link](javascript:window.hacked=1) ![pixel](https://evil.example/p.png) [out](https://example.org/page)`;
  const tree = store.addTree({ title: `<img src=x onerror="window.hacked=1"> a hostile title` });
  const task = store.addTask(tree, null, {
    title: tree.title,
    status: "running",
    headline: "<script>window.hacked=1</script>",
    started_at: minutesAgo(3),
    instruction: text,
  });
  say(store, task, 1, text);
  callTool(store, task, 1, { id: "h1", tool: "web_fetch", input: { url: "https://evil.example/<script>" } }, text);
  return tree;
}

export function playLarge(store: FakeStore, tasks = 2_000): Tree {
  const tree = store.addTree({ title: `A tree of ${tasks} tasks` });
  const root = store.addTask(tree, null, {
    title: tree.title,
    status: "waiting",
    started_at: minutesAgo(5),
    waiting_for: { kind: "subtasks", tasks: [], reviews: [] },
  });
  let parent = root;
  for (let n = 1; n < tasks; n++) {
    const status: TaskStatus = n % 20 === 1 ? "waiting" : n % 7 === 0 ? "failed" : "running";
    const task = store.addTask(tree, n % 20 === 1 ? root : parent, {
      title: `Part ${n}`,
      status,
      started_at: minutesAgo(4),
      turns: n % 9,
      ended_at: status === "failed" ? minutesAgo(1) : null,
    });
    if (n % 20 === 1) parent = task;
  }
  return tree;
}

/** What an agent that has every tool calls in a served release, one call a turn, and what it must read then. */
import type { Reply, ScriptedRequest } from "@/tests/agents/provider-script";
import { endTask } from "@/tests/agents/replies";

/** A call; `input` gets what earlier calls answered, by their tools' names. */
export interface WalkStep {
  tool: string;
  input(said: Record<string, string>): object;
  says: RegExp;
}

const step = (tool: string, input: object | WalkStep["input"], says: RegExp): WalkStep => ({
  tool,
  input: typeof input === "function" ? (input as WalkStep["input"]) : () => input,
  says,
});

export interface Walk {
  /** Answers a request of the walking task with the call of its turn. */
  reply(request: Pick<ScriptedRequest, "turn" | "messages">): Reply;
  /** What was answered otherwise than it must be, in sentences. */
  wrong(): string[];
}

export function startWalk(steps: readonly WalkStep[]): Walk {
  const said: Record<string, string> = {};
  const answers: string[] = [];
  return {
    reply({ turn, messages }) {
      const before = steps[turn - 1];
      if (before) {
        // A question of a subtask comes as a message after the answer of the call that started it.
        const told = messages.slice(messages.findLastIndex(({ role }) => role === "assistant") + 1);
        const answer = told.map((message) => (message.role === "tool" ? message.content : message.text)).join("\n");
        said[before.tool] = answer;
        answers[turn - 1] = answer;
      }
      const next = steps[turn];
      if (!next) return endTask("Each was called.", { claims: [{ statement: "It is here.", command: "ls" }] });
      return { calls: [{ name: next.tool, input: next.input(said), id: callId(turn) }] };
    },
    wrong: () =>
      steps.flatMap(({ tool, says }, at) =>
        says.test(answers[at] ?? "") ? [] : [`${at} ${tool} must say ${says}; it said ${answers[at]?.slice(0, 600)}`],
      ),
  };
}

/** The id of the call in a turn. */
const callId = (turn: number) => `walk-${turn}`;
const LONG_OUTPUT = 12;

/** Returns the first group of a pattern in what a tool answered; the next call says what was answered instead. */
function found(said: Record<string, string>, tool: string, pattern: RegExp): string {
  return pattern.exec(said[tool] ?? "")?.[1] ?? `not in: ${said[tool]?.slice(0, 80)}`;
}
const terminal = (said: Record<string, string>) => found(said, "use_terminal", /"id":"([^"]+)"/);
/** The newest id in what `start_subtask` or a question said. */
const subtask = (said: Record<string, string>) => found(said, "start_subtask", /"task":"(\w+)"/);

const SETUP = `git init -q -b main . && git config user.name A && git config user.email a@example.org && echo one > one.txt && git add -A && git commit -qm one && python3 -m zipfile -c pack.zip one.txt && echo done`;
const DESCRIPTION = "Answers questions about the colours of this house.";
const WHY = "Nobody knows the colours otherwise.";

/** `page` is a page on this machine that agents may fetch. */
export const walk = (page: string): WalkStep[] => [
  step("write_file", { path: "notes/a.txt", content: "alpha\nbeta\n" }, /notes\/a\.txt/),
  step("read_file", { path: "notes/a.txt" }, /alpha/),
  step("edit_file", { path: "notes/a.txt", old_text: "beta", new_text: "gamma" }, /a\.txt/),
  step("list_directory", {}, /notes\//),
  step("find_files", { pattern: "*.txt" }, /notes\/a\.txt/),
  step("search_files", { pattern: "gam+a" }, /notes\/a\.txt:2: gamma/),
  step("use_terminal", { command: SETUP }, /"exit_status":0.*done/s),
  step("measure_folder", {}, /"files"/),
  step("extract_archive", { path: "pack.zip", folder: "unpacked" }, /Unpacked 1 file/),
  step("open_repository", {}, /main/),
  step("git_history", {}, /one/),
  step("git_operations", { operation: "status" }, /main/),
  step("use_terminal", { command: "seq 20000" }, /read_output/),
  step("read_output", { call: callId(LONG_OUTPUT), offset: 9_000 }, /\d{4}/),
  step("use_terminal", { command: "read line; echo got $line", background: true }, /"id"/),
  step("terminal_input", (said) => ({ id: terminal(said), text: "tea\n" }), /./),
  step("terminal_output", (said) => ({ id: terminal(said), wait_seconds: 30 }), /got tea/),
  step("use_terminal", { command: "sleep 600", background: true }, /"id"/),
  step("terminal_stop", (said) => ({ id: terminal(said) }), /./),
  step("query_database", { sql: "SELECT agent FROM tasks" }, /every_tool/),
  step("query_trees", { sql: "SELECT name FROM agents WHERE name = 'every_tool'" }, /every_tool/),
  step("web_fetch", { url: page }, /A page of this house/),
  step("web_search", { query: "colours of houses" }, /A page of this house/),
  step("server_resources", { server: "everything" }, /resource/i),
  step("everything__echo", { message: "hello there" }, /hello there/),
  step("run_coding_agent", { agent: "test", prompt: "edit made.txt hello\nsay finished" }, /finished/),
  step("list_agents", {}, /worker/),
  step("list_documents", {}, /./),
  step("list_optional_tools", {}, /query_trees|web_fetch/),
  step("find_capability", { need: "search text in files" }, /search_files/),
  step("find_lessons", { need: "colours of houses" }, /./),
  step("request_context", { needed: "system_overview" }, /./),
  step("request_tools", { needed: "web_fetch" }, /web_fetch/),
  step("flag_for_review", { issue: "A colour is missing.", evidence: "notes/a.txt", severity: "low" }, /./),
  step("propose_document", { name: "colours", description: DESCRIPTION, body: "Red.", why: WHY, wait: false }, /./),
  step(
    "propose_agent",
    { name: "painter", description: DESCRIPTION, instruction: "Paint.", tools: ["read_file"], documents: [], why: WHY },
    /./,
  ),
  step(
    "propose_lesson",
    { kind: "fact", about: "colours of houses", advice: "Doors are red here, so paint them red.", where: "here" },
    /./,
  ),
  step(
    "propose_tool",
    {
      name: "colours",
      title: "Colours",
      description: DESCRIPTION,
      why: WHY,
      level: "read",
      probe: { tool: "echo", arguments: { message: "hello" } },
      package: { name: "@modelcontextprotocol/server-everything", version: "2026.8.31", args: [] },
      wait: false,
    },
    /./,
  ),
  step("break_down_task", { reasoning: "It has several parts." }, /"plan"/),
  step(
    "start_subtask",
    { instruction: "SUBTASK ASK", agent: "worker", title: "asks", workspace: "none" },
    /What colour\?/,
  ),
  step("answer", (said) => ({ question: found(said, "start_subtask", /"question":"(\w+)"/), text: "Red" }), /./),
  step("wait_for_subtasks", {}, /./),
  step(
    "start_subtask",
    { instruction: "SUBTASK PASS", agent: "worker", title: "passes", workspace: "none" },
    /What colour\?/,
  ),
  step("pass_up", (said) => ({ question: found(said, "start_subtask", /"question":"(\w+)"/) }), /./),
  step(
    "start_subtask",
    { instruction: "SUBTASK ASK AGAIN", agent: "worker", title: "stops", workspace: "none" },
    /What colour\?/,
  ),
  step("stop_subtask", (said) => ({ task: subtask(said), reason: "It is not needed." }), /./),
  step("ask", { question: "Is it done?", default_answer: "Yes" }, /Yes/),
];

/** In a copy of Banyan's own source, with nothing changed: all gates take minutes, and `whole-way.test.ts` runs them. */
export const ownSourceWalk: WalkStep[] = [
  step("check_change", { quick: true }, /There is nothing to propose/),
  step(
    "propose_change",
    {
      title: "The colour of a door changes",
      why: "People look for the door and do not see it.",
      expects: { metric: "found doors", direction: "up", amount: "half", measured: "count doors after a week" },
      wait: false,
    },
    /There is nothing to propose|check_change/,
  ),
];

/** The trees of the replay: their tasks, and the model's replies. Each ends in another way. */
import type { ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask, passed, startSubtask } from "@/tests/agents/replies";
import type { Reply } from "@/tests/agents/services/script";

/** The tasks of the roots, with more arguments of `banyan run`. */
export const TREES: readonly (readonly [task: string, ...more: string[]])[] = [
  ["ends at once"],
  ["ends in failure"],
  ["writes and reads a file"],
  ["reads a file that is missing"],
  ["lists and finds files"],
  ["starts two subtasks"],
  ["starts two subtasks in order"],
  ["has a subtask that fails"],
  ["asks a person"],
  ["asks a person again"],
  ["has a subtask that asks"],
  ["calls a tool that there is not"],
  ["calls a tool with wrong arguments"],
  ["replies without a call"],
  ["never replies with a call"],
  ["thinks aloud", "--priority", "5"],
  ["may not grow", "--max-depth", "1"],
  ["has few tasks", "--max-tasks", "2"],
  ["has few tokens", "--max-tokens", "30000"],
  ["is refused by the judge"],
  ["is stepped by hand", "--stepping", "manual"],
  ["is stopped"],
  ["is broken"],
  ["Survey the files.", "--runbook", "repository-survey"],
];

const leaf = (title: string, more: Record<string, unknown> = {}) => ({
  instruction: title,
  title,
  agent: "worker",
  ...more,
});

const TURNS: Record<string, Reply[] | ((request: ScriptedRequest) => Reply)> = {
  "ends at once": [endTask("Done.")],
  "ends in failure": [endTask("It cannot be done.", { status: "failure" })],
  "writes and reads a file": [
    call("write_file", { path: "notes/a.txt", content: "one\ntwo\n" }),
    {
      calls: [
        { name: "read_file", input: { path: "notes/a.txt" } },
        { name: "list_directory", input: { path: "." } },
      ],
    },
    call("edit_file", { path: "notes/a.txt", old: "two", new: "three" }),
    endTask("notes/a.txt is written."),
  ],
  "reads a file that is missing": [call("read_file", { path: "none.txt" }), endTask("There is none.")],
  "lists and finds files": [
    {
      calls: [
        { name: "find_files", input: { pattern: "**/*" } },
        { name: "search_files", input: { pattern: "x" } },
      ],
    },
    endTask("Nothing there."),
  ],
  "starts two subtasks": (request) => parent(request, [leaf("leaf one"), leaf("leaf two")]),
  "starts two subtasks in order": (request) =>
    parent(request, [leaf("leaf one"), leaf("leaf two", { depends_on: ["leaf one"] })]),
  "has a subtask that fails": (request) => parent(request, [leaf("ends in failure")]),
  "has a subtask that asks": (request) => parent(request, [leaf("asks a person")]),
  "may not grow": (request) => parent(request, [leaf("starts two subtasks")]),
  "has few tasks": (request) => parent(request, [leaf("leaf one"), leaf("leaf two"), leaf("leaf three")]),
  "asks a person": [call("ask", { question: "Which way?" }), endTask("That way.")],
  "asks a person again": [
    call("ask", { question: "Which way?" }),
    call("ask", { question: "How far?" }),
    endTask("That far."),
  ],
  "calls a tool that there is not": [call("fly", { to: "the moon" }), endTask("It does not fly.")],
  "calls a tool with wrong arguments": [call("read_file", { road: 7 }), endTask("It did not read.")],
  "replies without a call": [{ text: "I think." }, endTask("Thought.")],
  "never replies with a call": () => ({ text: "I think." }),
  "thinks aloud": [{ text: "First I look.", calls: [{ name: "list_agents", input: {} }] }, endTask("Looked.")],
  "has few tokens": [
    { calls: [{ name: "list_directory", input: { path: "." } }], usage: { inputTokens: 20_000, outputTokens: 4_000 } },
    { calls: [{ name: "list_directory", input: { path: "." } }], usage: { inputTokens: 20_000, outputTokens: 4_000 } },
    endTask("It had enough."),
  ],
  "is refused by the judge": [endTask("Poor."), endTask("Better."), endTask("Good.")],
  "is stepped by hand": [call("list_directory", { path: "." }), endTask("Stepped.")],
  "is stopped": [call("ask", { question: "Shall I go on?" }), endTask("It went on.")],
  "is broken": [call("ask", { question: "Is it whole?" }), endTask("It was whole.")],
  "leaf one": [endTask("One is done.")],
  "leaf two": [call("write_file", { path: "two.txt", content: "2" }), endTask("Two is done.")],
  "leaf three": [endTask("Three is done.")],
};

/** Returns the reply. It depends only on the conversation. */
export function replyTo(request: ScriptedRequest): Reply {
  const title = request.instruction.split("\n", 1)[0] ?? "";
  if (request.agent === "task_evaluator") return request.rawBody.includes("Poor.") ? refused() : passed();
  const turns = request.agent === "worker" ? TURNS[title] : undefined;
  if (turns === undefined) return endTask("noted");
  if (typeof turns === "function") return turns(request);
  return turns[request.turn] ?? endTask("It came further than planned.");
}

function refused(): Reply {
  return endTask('{"outcome":"fail","reasons":["It is poor."]}');
}

/** Starts the subtasks, and ends when the conversation has the outcome of each. */
function parent(request: ScriptedRequest, subtasks: ReturnType<typeof leaf>[]): Reply {
  if (request.turn === 0) return startSubtask(...subtasks);
  return request.turn < subtasks.length + 1 ? { text: "I wait." } : endTask("All that was asked.");
}

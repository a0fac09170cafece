/** The scripted model of a tree that upgrades a library: a subtask fails, one asks three levels deep, one runs until it is stopped. */
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";

export const UPGRADE =
  "Upgrade Express 4 to 5 in this repository, keep every test green, and say in the changelog what changed.";
const ROUTES = `import { Router } from "express";

export const files = Router();
// Express 5 requires named wildcards.
files.get("/files/*path", (request, response) => response.sendFile(request.params.path.join("/")));
`;

const call = (name: string, input: object) => ({ name, input });
const end = (status: "success" | "failure", result: string, claims: object[] = []): Reply => ({
  calls: [call("end_task", { status, result, claims })],
});
const part = (title: string) => call("start_subtask", { instruction: title, agent: "coder", title });

/** Passes the question of a subtask up. */
const passUp = ({ messages }: ScriptedRequest): Reply => {
  const conversation = JSON.stringify(messages).replaceAll("\\", "");
  return { calls: [call("pass_up", { question: /"question":"(\w+)"/.exec(conversation)?.[1] })] };
};
const wait: Reply = { calls: [call("wait_for_subtasks", {})] };

/** Starts a subtask, passes its question up, and waits for it. */
const above =
  (title: string) =>
  (request: ScriptedRequest): Reply => {
    if (request.turn === 0) return { text: `First: ${title.toLowerCase()}.`, calls: [part(title)] };
    if (request.turn === 1) return passUp(request);
    return request.turn === 2 ? wait : end("success", "The routes are moved.");
  };

const CLAIMS = [
  { statement: "A route has a wildcard without a name", command: `grep -rn '/\\*"' src` },
  { statement: "No test covers the query parser" },
];

const PLAN = `I split the upgrade into parts that can run in parallel:

1. **Find what breaks**: read the migration guide against the code
2. **Upgrade the server**: move routes and middleware
3. **Compare the speed** before and after
4. **Translate the changelog**
`;

const WORK: Record<string, (request: ScriptedRequest) => Reply> = {
  [UPGRADE](request) {
    const names = ["Find what breaks", "Upgrade the server", "Compare the speed", "Translate the changelog"];
    if (request.turn === 0) return { text: PLAN, calls: names.map(part) };
    if (request.turn === 1) return passUp(request);
    return request.turn === 2 ? wait : end("success", "Express 5 runs.");
  },
  "Find what breaks": ({ turn }) =>
    turn === 0
      ? { text: "I look at what there is.", calls: [call("list_directory", { path: "." })] }
      : end("success", "Three things break: wildcards in paths, `res.send(status)`, and the query parser.", CLAIMS),
  "Upgrade the server": above("Move the routes"),
  "Move the routes": above("Decide how paths match"),
  "Decide how paths match": ({ turn }) => {
    if (turn === 0)
      return {
        text: "`/files/*` also matches `/files` today; in Express 5 it does not.",
        calls: [
          call("ask", { question: "May `/files/*` stop matching `/files`?\n\n- Yes, answer 404\n- No, match both" }),
        ],
      };
    return turn === 1
      ? { calls: [call("write_file", { path: "src/routes/files.ts", content: ROUTES })] }
      : end("success", "The wildcard is named, and `/files` answers 404.");
  },
  "Compare the speed": ({ turn }) =>
    turn < 2
      ? { calls: [call("list_directory", { path: "." })] }
      : { text: "I measure for a long time, and then", fault: { type: "stall", afterEvents: 4 } },
  "Translate the changelog": ({ turn }) =>
    turn === 0
      ? { calls: [call("read_file", { path: "docs/glossary.md" })] }
      : end("failure", "There is no glossary `docs/glossary.md`, and without it the words would be guessed."),
};

const work = (request: ScriptedRequest) => WORK[request.instruction]?.(request) ?? end("success", "Done.");
export const upgradeScript = agentScript({
  worker: work,
  coder: work,
  "*": end("success", '{"outcome":"pass","reasons":["It is there."]}'),
});

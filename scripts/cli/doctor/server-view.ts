/**
 * What the running server finds on this machine. It counts, because tasks run in the server, and it may have another PATH,
 * other keys and other rights than the terminal in which `doctor` runs.
 */
import type { CodingAgent } from "@/core/shapes/capabilities/coding-agents";
import type { ServerStatus } from "@/core/shapes/status";
import { type Context, withActing } from "@/scripts/cli/context/context";
import { runningServer } from "@/scripts/cli/context/running-server";
import { tokenOf } from "@/scripts/cli/mcp/token";
import type { Finding } from "./finding";

const ANSWER_MS = 10_000;

/** What decides whether an agent can do something. */
export interface View {
  agents: readonly Pick<CodingAgent, "title" | "program">[];
  models: readonly { name: string; available: boolean }[];
  defaultModel: string;
  hasTerminal: boolean;
}

export type ServerAnswer =
  | { kind: "none" }
  | { kind: "silent"; url: string; why: string }
  | { kind: "answered"; url: string; pid: number; agents: CodingAgent[]; status: ServerStatus };

/** Asks the server that uses the data folder. Never rejects. */
export async function askServer(context: Context): Promise<ServerAnswer> {
  const { dataDir } = context.settings;
  const running = runningServer(dataDir);
  if (running === null) return { kind: "none" };
  const { url, pid } = running;
  try {
    const { token } = await withActing(context, ({ application }) => tokenOf(application, dataDir, "viewer", "doctor"));
    const get = async <Answer>(path: string): Promise<Answer> => {
      const headers = { authorization: `Bearer ${token}` };
      const signal = AbortSignal.timeout(ANSWER_MS);
      const answer = await fetch(`${url}/api/v1/${path}`, { headers, redirect: "error", signal });
      if (!answer.ok) throw new Error(`it answered ${path} with status ${answer.status}`);
      return (await answer.json()) as Answer;
    };
    const [agents, status] = await Promise.all([
      get<{ items: CodingAgent[] }>("coding-agents"),
      get<ServerStatus>("status"),
    ]);
    return { kind: "answered", url, pid, agents: agents.items, status };
  } catch (error) {
    return { kind: "silent", url, why: error instanceof Error ? error.message : String(error) };
  }
}

/** Returns the line that says whose view `doctor` shows, and how this terminal's differs. */
export function serverFinding(answer: ServerAnswer, here: View): Finding {
  const name = "Server";
  const asHere = "Coding agents, models and the sandbox are as this terminal finds them.";
  if (answer.kind === "none") return { name, mark: "off", text: `None runs. ${asHere}`, remedy: "" };
  if (answer.kind === "silent") {
    const text = `The server at ${answer.url} runs, but could not be asked: ${answer.why}. ${asHere}`;
    return { name, mark: "warn", text, remedy: "If it stays so, restart the server." };
  }
  const { url, pid, agents, status } = answer;
  const there: View = { ...status, agents, hasTerminal: status.terminal.available };
  const { more, less } = differences(there, here);
  const text = [
    `It runs at ${url} (process ${pid}). Coding agents and models are as it finds them.`,
    less.length > 0 && `Only this terminal has ${AND.format(less)}.`,
    more.length > 0 && `Only the server has ${AND.format(more)}.`,
    there.defaultModel !== here.defaultModel &&
      `The server's default model is ${there.defaultModel}, and here it would be ${here.defaultModel}.`,
  ];
  const remedy = "Give the server the same PATH, keys and rights, in .env or in its service, and restart it.";
  return {
    name,
    mark: less.length > 0 ? "warn" : "ok",
    text: text.filter((part) => part !== false).join(" "),
    remedy: less.length > 0 ? remedy : "",
  };
}

const AND = new Intl.ListFormat("en");

/** Returns what only the server has, and what only this terminal has. */
function differences(there: View, here: View): { more: string[]; less: string[] } {
  const [server, terminal] = [abilities(there), abilities(here)];
  return {
    more: server.filter((one) => !terminal.includes(one)),
    less: terminal.filter((one) => !server.includes(one)),
  };
}

function abilities({ agents, models, hasTerminal }: View): string[] {
  return [
    ...(hasTerminal ? ["a sandbox for commands"] : []),
    ...models.flatMap(({ name, available }) => (available ? [`access to ${name}`] : [])),
    ...agents.flatMap(({ title, program }) => (program === null ? [] : [`${title} (${program})`])),
  ];
}

/** The setting that names further coding agents. */
import { isAbsolute } from "node:path";
import { listIn } from "./notifications";

/** A program that speaks the Agent Client Protocol. */
export interface ConfiguredAgent {
  name: string;
  /** The full path of the program. */
  file: string;
  args: string[];
  /** The providers whose protocol it speaks; absent: not known. */
  providers?: AgentProvider[];
}

/** Providers whose protocols the model gateway has. */
export const AGENT_PROVIDERS = ["anthropic", "openai", "google", "ollama"] as const;
type AgentProvider = (typeof AGENT_PROVIDERS)[number];

export const AGENTS_FORM =
  "NAME=PROGRAM or NAME:PROVIDER=PROGRAM, separated by commas, each with the program's full path and its arguments, such as mine:openai=/opt/mine/agent --acp; a provider is anthropic, openai, google or ollama";

const NAME = /^[a-z][a-z0-9_-]{0,59}$/;

/** Returns the agents; null when the text has another form. */
export function agentsIn(text: string): ConfiguredAgent[] | null {
  const agents = listIn(text).map((entry) => {
    const at = entry.indexOf("=");
    const [file = "", ...args] = entry
      .slice(at + 1)
      .trim()
      .split(/\s+/);
    const [name = "", ...providers] = entry.slice(0, Math.max(0, at)).trim().split(":");
    return { name, file, args, ...(providers.length > 0 && { providers: providersIn(providers) }) };
  });
  const areRight = agents.every(
    ({ name, file, providers }) => NAME.test(name) && isAbsolute(file) && providers?.length !== 0,
  );
  return areRight ? agents : null;
}

/** Returns the providers that are named; none when one of the names is unknown. */
function providersIn(names: readonly string[]): AgentProvider[] {
  const found = names.flatMap((name) => AGENT_PROVIDERS.find((known) => known === name.trim()) ?? []);
  return found.length === names.length ? found : [];
}

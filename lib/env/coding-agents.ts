/** The setting that names further coding agents. */
import { isAbsolute } from "node:path";
import { listIn } from "./notifications";

/** A program that speaks the Agent Client Protocol. */
export interface ConfiguredAgent {
  name: string;
  /** The full path of the program. */
  file: string;
  args: string[];
}

export const AGENTS_FORM =
  "NAME=PROGRAM, separated by commas, each with the program's full path and its arguments, such as mine=/opt/mine/agent --acp";

const NAME = /^[a-z][a-z0-9_-]{0,59}$/;

/** Returns the agents; null when the text has another form. */
export function agentsIn(text: string): ConfiguredAgent[] | null {
  const agents = listIn(text).map((entry) => {
    const at = entry.indexOf("=");
    const [file = "", ...args] = entry
      .slice(at + 1)
      .trim()
      .split(/\s+/);
    return { name: entry.slice(0, Math.max(0, at)).trim(), file, args };
  });
  return agents.every(({ name, file }) => NAME.test(name) && isAbsolute(file)) ? agents : null;
}

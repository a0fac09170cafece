/** Creates a data folder in which calls of a tool need approval: `run-ts.mjs tests/put-before-people.ts DATA TOOL`. */
import { startTrial } from "@/tests/agents/trial";

export async function main([dataDir = "", name = ""]: string[]): Promise<void> {
  const trial = await startTrial({ dataDir, work: false });
  const body = {
    name,
    title: name,
    description: "For a test.",
    level: "read",
    source: "builtin",
    optional: true,
    policy: "ask",
    availability: { available: true, since: "0.1.0" },
  };
  await trial.runtime.store.configuration.put({ kind: "tool", name, description: "", body }, "tester", "for a test");
  await trial.close();
}

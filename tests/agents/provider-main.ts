/**
 * The scripted provider in a process of its own, for tests that kill the server and start it again:
 *   node --import tsx tests/agents/provider-main.ts --script rules.json [--port N] [--requests FILE] [--seconds N]
 * `rules.json` holds a list of ScriptRule. The first line on standard output is `{"url": …, "pid": …}`. Every request is
 * appended to FILE as one JSON line. The process ends on SIGTERM, and by itself after N seconds (default 600).
 */
import { appendFileSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { ruleScript, type ScriptRule, startScriptedProvider } from "./scripted-provider";

/** Starts the provider; resolves when it listens. Rejects with a sentence when the arguments or the rules are wrong. */
export async function main(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: {
      script: { type: "string" },
      port: { type: "string", default: "0" },
      requests: { type: "string" },
      seconds: { type: "string", default: "600" },
    },
  });
  if (values.script === undefined) throw new Error("Say which rules to serve: --script FILE.");
  const rules: unknown = JSON.parse(readFileSync(values.script, "utf8"));
  if (!Array.isArray(rules)) throw new Error(`${values.script} must hold a JSON list of rules { agent, turn, reply }.`);
  const recordFile = values.requests;
  const provider = await startScriptedProvider(ruleScript(rules as ScriptRule[]), {
    port: Number(values.port),
    record: false,
    onRequest: (request) => {
      if (recordFile === undefined) return;
      const { provider: protocol, agent, task, instruction, model, tools, index, turn, attempt, rawBody } = request;
      const line = { provider: protocol, agent, task, instruction, model, tools, index, turn, attempt, rawBody };
      appendFileSync(recordFile, `${JSON.stringify(line)}\n`);
    },
  });
  const end = () => void provider.close().then(() => process.exit(0));
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  setTimeout(end, Number(values.seconds) * 1000);
  process.stdout.write(`${JSON.stringify({ url: provider.url, pid: process.pid })}\n`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}

/**
 * The server without pages in a process of its own, for tests that kill it. It announces itself in the data folder as
 * the server does.
 *   BANYAN_DATA_DIR, ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL: as the server reads them
 *   BANYAN_TEST_DIE: it dies by SIGKILL within the transaction that does this, as "INSERT ON trees"
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRuntime } from "@/agents/boot/runtime";
import { readSettings } from "@/lib/env";
import { toldSandbox } from "@/lib/sandbox/testing/tested";
import { bindPort } from "@/server/bound-port";
import { createWebServer } from "@/server/web";
import { dieWithin } from "@/tests/agents/limits/die-within";

export async function main(): Promise<void> {
  const settings = readSettings(process.env, process.cwd());
  const runtime = await createRuntime({
    settings,
    program: process.cwd(),
    checkout: process.cwd(),
    version: "test",
    report: (message, error) => process.stderr.write(`${message} ${error instanceof Error ? error.stack : ""}\n`),
    ...toldSandbox(),
  });
  const { store, application, a2a } = runtime;
  const server = createWebServer({
    app: application,
    people: store.people,
    answers: store.answers,
    a2a: { records: a2a.records, version: "test" },
    host: "127.0.0.1",
    bound: await bindPort("127.0.0.1", 0),
    health: async () => {
      throw new Error("Nobody asks for the health of this server.");
    },
    pages: { handle: async (_, response) => void response.end(), upgrade: () => {}, close: async () => {} },
  });
  await runtime.startWorker({ role: "all", pollMs: 20 });
  if (process.env.BANYAN_TEST_DIE) dieWithin(store, process.env.BANYAN_TEST_DIE);
  await server.listen();
  const announced = JSON.stringify({ pid: process.pid, url: server.url });
  writeFileSync(join(settings.dataDir, "server.json"), announced);
  process.stdout.write(`listens on ${server.url}\n`);
}

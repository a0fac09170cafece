/**
 * The server with its doors, a worker and the sender in a process of its own, without the pages, for tests that kill it.
 * Prints its address when it listens.
 *   BANYAN_DATA_DIR, PORT, ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL: as the server reads them
 *   BANYAN_TEST_DIE: it dies by SIGKILL within the transaction that does this, as "INSERT ON trees"
 */
import { createRuntime } from "@/agents/boot/runtime";
import { startSender } from "@/agents/webhooks/sender";
import { readSettings } from "@/lib/env";
import { realTimers } from "@/lib/time/timers";
import { bindPort } from "@/server/bound-port";
import { createWebServer } from "@/server/web";
import { dieWithin } from "@/tests/agents/limits/die-within";

export async function main(): Promise<void> {
  const settings = readSettings(process.env, process.cwd());
  const report = (message: string, error?: unknown) =>
    process.stderr.write(`${message} ${error instanceof Error ? error.stack : ""}\n`);
  const runtime = await createRuntime({
    settings,
    program: process.cwd(),
    checkout: process.cwd(),
    version: "test",
    report,
  });
  const { store, application, webhooks, a2a } = runtime;
  const server = createWebServer({
    app: application,
    people: store.people,
    answers: store.answers,
    a2a: { records: a2a.records, version: "test" },
    host: "127.0.0.1",
    bound: await bindPort("127.0.0.1", settings.port),
    health: async () => ({
      status: "ok",
      version: "test",
      commit: null,
      instance: "this-start",
      release: null,
      schema: "a1b2",
      level: 1,
    }),
    pages: { handle: async (_, response) => void response.end("a page"), upgrade: () => {}, close: async () => {} },
  });
  await runtime.startWorker({ role: "all", pollMs: 20 });
  startSender({
    ...webhooks,
    others: a2a.pushes,
    queries: application.queries,
    address: server.url,
    report,
    timers: { ...realTimers, every: (_ms, run) => realTimers.every(20, run) },
  });
  if (process.env.BANYAN_TEST_DIE) dieWithin(store, process.env.BANYAN_TEST_DIE);
  await server.listen();
  process.stdout.write(`${server.url}\n`);
}

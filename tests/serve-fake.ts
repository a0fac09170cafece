/**
 * Serves the pages on trees that exist only in memory. Prints one JSON line with the address and a sign-in link, then
 * obeys lines on its standard input: `link`, `drop` (cuts every socket), `tick` (one more message), and `stop`.
 */
import { createInterface } from "node:readline";
import { createFakeApplication } from "@/app/testing/fake-application";
import { playHostile, playLarge, playUpgrade } from "@/app/testing/fake-scenes";
import { signInLink } from "@/lib/auth/auth";
import { memorySessionStore } from "@/lib/auth/session-store";
import { createWebServer } from "@/scripts/server-web";

const app = createFakeApplication();
playLarge(app.store);
playHostile(app.store);
playUpgrade(app.store);

const port = Number(process.env.PORT ?? 0);
const sessions = memorySessionStore();
const server = await createWebServer({
  app,
  sessions,
  host: "127.0.0.1",
  port,
  dev: process.argv.includes("--dev"),
  version: "0.1.0",
});
await printLink();

async function printLink(): Promise<void> {
  const link = signInLink(server.url, await server.auth.createLinkToken());
  console.log(JSON.stringify({ url: server.url, link }));
}

const commands: Record<string, () => unknown> = {
  link: printLink,
  drop: () => server.socket.dropConnections(),
  // One more message of a task that runs; answers its number.
  tick: () => {
    for (const task of app.store.tasks.values()) {
      if (task.title.startsWith("req.query"))
        app.store.append(task, "event", { type: "note", text: `Tick ${app.store.messages.length}` });
    }
    console.log(JSON.stringify({ messages: app.store.messages.length }));
  },
  stop: async () => {
    await server.close();
    process.exit(0);
  },
};
createInterface({ input: process.stdin }).on("line", (line) => void commands[line.trim()]?.());

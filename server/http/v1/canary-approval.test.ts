/** A canary of a release on trial asks for an approval, which the launcher's probe gives over HTTP as a person would. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { guarded } from "@/agents/guard/guard";
import { type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import { NO_SERVICES, worldTools } from "@/agents/tools/world-tools";
import { ownerCalled } from "@/core/rules/roles";
import { createAuth } from "@/lib/auth/auth";
import { probe, watched } from "@/tests/agents/release-watch";
import { trialsOfThisFile } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";
import { handleApi } from "./handle";

const start = trialsOfThisFile();

describe("a canary runs a command, and asks for an approval that the watch gives over HTTP", () => {
  /** The API as the server answers it, unless the test breaks it. */
  async function api({ runtime: { application, store } }: Trial, breaks: (path: string) => number | null = () => null) {
    const http = createServer(async (request, response) => {
      const { port } = http.address() as AddressInfo;
      const url = new URL(request.url ?? "", "http://x");
      const actor = await createAuth({ store: store.people, port }).authenticate(request.headers.cookie);
      const broken = breaks(url.pathname);
      if (broken !== null || !actor || !url.pathname.startsWith("/api/v1/"))
        return void response.writeHead(broken ?? 200).end();
      const path = url.pathname.slice("/api/v1/".length).split("/");
      const body =
        request.method === "POST" ? JSON.parse(Buffer.concat(await request.toArray()).toString()) : undefined;
      const asked = { method: request.method ?? "GET", path, query: url.searchParams, body };
      const answer = await handleApi(guarded(application, actor), asked);
      response.writeHead(answer.status).end();
    });
    await once(http.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void http.close());
    return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  }

  async function asked(trial: Trial, address: string, wait = "60000") {
    const { orders } = await watched(trial);
    orders.canary("nonce-a", true);
    return probe(trial, "look", address, "--canary", "nonce-a", "--wait", wait, "--since", "0", "--cursor", "0");
  }

  const webhooks = ({ runtime }: Trial) => runtime.store.webhooks.waitingSince(0);

  test("and nobody sees the item, the tree or a notice of it", async () => {
    const trial = await start(null, { work: false });
    const { queries } = trial.runtime.application;
    const seen: unknown[] = [];
    const address = await api(trial, (path) => {
      if (path.endsWith("/approve")) seen.push(trial.runtime.store.queries.reviews.countOpen(), webhooks(trial));
      return null;
    });
    const reading = await asked(trial, address);
    expect(reading).toMatchObject({ canary: "done", command: "done", approval: "done" });
    expect(reading.pages.at(-1)).toMatchObject({ name: "an approval", status: 200 });
    expect(seen).toEqual([0, []]);
    expect((await queries.listTrees({})).items).toEqual([]);
    expect((await queries.listReviews({})).items).toEqual([]);
    expect((await queries.listDecided({})).items).toEqual([]);
    const { items } = trial.runtime.store.audit.list({ limit: 50 });
    const watched = items.filter(({ actor }) => actor === "Banyan (watch)");
    expect(watched.map(({ action }) => action)).toEqual(["decide", "signIn"]);
  });

  test("an approval that answers 200 and does nothing leaves the canary open", async () => {
    const trial = await start(null, { work: false });
    const address = await api(trial, (path) => (path.endsWith("/approve") ? 200 : null));
    expect(await asked(trial, address, "3000")).toMatchObject({ canary: "open", command: "done", approval: "open" });
  });

  test("an approval that is refused is told", async () => {
    const trial = await start(null, { work: false });
    const address = await api(trial, (path) => (path.endsWith("/approve") ? 500 : null));
    const reading = await asked(trial, address, "3000");
    expect(reading).toMatchObject({ canary: "open", approval: "open" });
    expect(reading.pages.at(-1)).toMatchObject({ name: "an approval", status: 500 });
  });

  test("an approval that the release itself gave does not count", async () => {
    const trial = await start(null, { work: false });
    const { commands } = trial.runtime.application;
    const address = await api(trial, (path) => {
      const item = /reviews\/(.+)\/approve$/.exec(path)?.[1];
      if (item) void commands.decide({ id: item, decision: "approved", reason: "" }, ownerCalled("the release"));
      return item ? 200 : null;
    });
    expect(await asked(trial, address)).toMatchObject({ canary: "done", approval: "refused" });
  });

  test("a terminal that never returns leaves the canary open", async () => {
    const hangs = worldTool({
      name: "use_terminal",
      description: "For tests.",
      input: z.looseObject({}),
      level: "write",
      afterCrash: "report_interrupted",
      run: () => new Promise(() => {}),
    });
    const others = worldTools(NO_SERVICES).filter(({ name }) => name !== "use_terminal");
    const trial = await start(null, { work: false, runtime: { worldTools: [...others, hangs as WorldTool] } });
    expect(await asked(trial, await api(trial), "3000")).toMatchObject({ canary: "open", command: "open" });
  });

  test("where no call may use the network, there is nothing to approve", async () => {
    const trial = await start(null, { work: false });
    await trial.runtime.application.commands.setPolicy({ levels: { network: "deny" } }, ownerCalled("tester"));
    expect(await asked(trial, await api(trial))).toMatchObject({ canary: "done", approval: "none" });
  });

  test("the watch decides nothing of people, and does nothing else", async () => {
    const trial = await start(null, { work: false });
    const watch = guarded(trial.runtime.application, { id: "user:watch", name: "Banyan (watch)", role: "reviewer" });
    await expect(watch.commands.submitTree({ task: "root", agent: "worker" })).rejects.toThrow(/only looks/);
    const tree = await trial.submit({ task: "root", agent: "worker" });
    const sqlite = new Database(join(trial.dataDir, "banyan.db"));
    onTestFinished(() => void sqlite.close());
    sqlite
      .prepare(
        `INSERT INTO reviews (uid, tree_id, task_id, kind, title, detail, status, created_at_ms)
         SELECT 'item-1', tree_id, id, 'flag', 't', 'd', 'open', 0 FROM tasks WHERE uid = ?`,
      )
      .run(tree.root_task_id);
    await expect(watch.commands.decide({ id: "item-1", decision: "approved", reason: "" })).rejects.toThrow(
      /its own small tasks/,
    );
  });
});

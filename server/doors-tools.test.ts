/** Servers and policy over HTTP, and the page that people return to after signing in at a server. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { type AuthFixture, startAuthServer } from "@/lib/mcp/testing/auth-server";
import { giveToTools } from "@/lib/process/tools-identity";
import { notesServer } from "@/tests/agents/notes-server";
import { startTrial } from "@/tests/agents/trial";
import { type Doors, startDoors } from "./testing/doors";

const LONG_MS = 120_000;

async function start(more: Record<string, string> = {}): Promise<{ doors: Doors; env: Record<string, string> }> {
  const config = mkdtempSync(path.join(tmpdir(), "banyan-config-"));
  onTestFinished(() => rmSync(config, { recursive: true, force: true }));
  const env = { BANYAN_KEY_FILE: path.join(config, "keys.json"), ...more };
  return { doors: await startDoors({ work: false, env }), env };
}

function apiOf(doors: Doors, headers: Record<string, string>) {
  return async (method: string, where: string, body?: unknown) => {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const answer = await doors.ask(`/api/v1/${where}`, { method, headers, body: sent });
    return { status: answer.status, body: JSON.parse(answer.text) };
  };
}

async function guardedServer(): Promise<{ auth: AuthFixture; doors: Doors; env: Record<string, string> }> {
  const auth = await startAuthServer();
  onTestFinished(() => auth.stop());
  return { auth, ...(await start({ BANYAN_PRIVATE_HOSTS: auth.host })) };
}

/** Opens the sign-in page like a browser. Returns the address that it redirects to on our server. */
async function signedIn(page: string): Promise<URL> {
  const response = await fetch(page, { redirect: "manual" });
  const back = new URL(response.headers.get("location") ?? "");
  expect(back.pathname).toBe("/oauth/callback");
  return back;
}

test(
  "servers over HTTP: import as text or as JSON, read, test, set the policy, remove",
  async () => {
    const { doors } = await start();
    const api = apiOf(doors, await doors.signedIn("admin"));
    const notes = notesServer();
    onTestFinished(() => notes.remove());
    const made = await api("POST", "tools/import", { text: notes.file });
    expect(made).toMatchObject({ status: 200, body: { servers: [{ name: "notes", problem: null }], problems: [] } });
    const again = await api("POST", "tools/import", JSON.parse(notes.file));
    expect(again.body).toMatchObject({ servers: [], already: [expect.stringContaining("notes")] });
    expect((await api("GET", "tools/notes_2")).status).toBe(404);
    expect((await api("GET", "tools/notes")).body).toMatchObject({
      source: "mcp",
      policy: "inherit",
      server: { kind: "stdio", package: null, tools: [{ name: "notes__note", policy: "inherit" }] },
    });
    expect((await api("POST", "tools/notes__note/policy", { policy: "ask" })).status).toBe(200);
    expect((await api("GET", "tools/notes__note")).body).toMatchObject({ policy: "ask", schema: { type: "object" } });
    expect((await api("POST", "tools/notes/test")).body).toMatchObject({ ok: true, tools: ["notes__note"] });
    notes.says("Takes notes of everything.");
    const { body: tested } = await api("POST", "tools/notes/test", {});
    expect(tested).toMatchObject({ ok: false });
    expect((await api("GET", "tools/notes")).body.held_back).toContain("note is changed");
    expect(await api("POST", "tools/notes/test", { accept: true })).toMatchObject({ status: 400 });
    const seen = { accept: true, listing: tested.listing };
    expect((await api("POST", "tools/notes/test", seen)).body).toMatchObject({ ok: true });
    // The policy of a tool stays when its new description is accepted.
    expect((await api("GET", "tools/notes__note")).body).toMatchObject({ policy: "ask", held_back: null });
    for (const [body, says] of [
      [{ text: "{" }, "not valid JSON"],
      [{ nonsense: 1 }, "has no servers"],
      [[], "must be a JSON object"],
      [{ mcpServers: { a: {} } }, "neither a command nor a url"],
    ] as const) {
      const refused = await api("POST", "tools/import", body);
      expect([body, refused.status, refused.body.detail]).toEqual([body, 400, expect.stringContaining(says)]);
    }
    expect((await api("POST", "tools/notes", {})).status).toBe(405);
  },
  LONG_MS,
);

test(
  "a preview over HTTP says what will not work, and an import applies the mends that it names",
  async () => {
    const { doors } = await start();
    const api = apiOf(doors, await doors.signedIn("admin"));
    const notes = notesServer();
    const data = mkdtempSync(path.join(tmpdir(), "banyan-shown-"));
    giveToTools(data);
    onTestFinished(() => notes.remove());
    onTestFinished(() => rmSync(data, { recursive: true, force: true }));
    const text = notes.file.replace('"args"', `"env": { "NOTES": ${JSON.stringify(data)} }, "args"`);
    const seen = await api("POST", "tools/preview", { text });
    const [read, write] = [{ id: "notes.show.NOTES.read" }, { id: "notes.show.NOTES.write" }];
    const findings = [{ code: "hidden_path", line: null, mends: [read, write] }];
    expect(seen).toMatchObject({ status: 200, body: { servers: [{ name: "notes", findings }], text: null } });
    expect(await api("POST", "tools/preview", JSON.parse(text))).toMatchObject({ status: 200, body: { text: null } });
    const mended = await api("POST", "tools/preview", { text, mend: [write.id] });
    expect(mended.body.servers).toMatchObject([{ findings: [], folders: { [data]: "write" } }]);
    expect(JSON.parse(mended.body.text).mcpServers.notes.folders).toEqual({ [data]: "write" });
    expect((await api("GET", "tools/notes")).status).toBe(404);
    for (const [mend, says] of [
      [["notes.show.OTHER.read"], "There is no mend"],
      ["some", 'must be "all" or a list'],
    ] as const) {
      const refused = await api("POST", "tools/import", { text, mend });
      expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining(says) } });
    }
    const made = await api("POST", "tools/import", { text, mend: "all" });
    expect(made.body).toMatchObject({ servers: [{ name: "notes", problem: null }], findings: { notes: [] } });
    expect((await api("GET", "tools/notes")).body.server.folders).toEqual({ [data]: "read" });
    const viewer = apiOf(doors, await doors.signedIn("viewer"));
    expect((await viewer("POST", "tools/preview", { text })).status).toBe(403);
  },
  LONG_MS,
);

test(
  "the policy over HTTP: levels and hosts, with an error for invalid values; reviewers can only read it",
  async () => {
    const { doors } = await start({ BANYAN_ALLOWED_HOSTS: "fixed.example" });
    const api = apiOf(doors, await doors.signedIn("admin"));
    await api("POST", "policy", { levels: { host: "ask" } });
    // Nobody has changed the list yet, so the settings still apply.
    expect(JSON.parse(doors.store.configuration.policy() ?? "").hosts).toBeUndefined();
    const changed = await api("POST", "policy", {
      levels: { network: "deny", host: "deny" },
      add_hosts: ["Docs.Example", "*.b.example"],
    });
    expect(changed.body.policy).toMatchObject({ levels: { network: "deny", host: "deny", write: "auto" } });
    expect((await api("GET", "policy")).body.hosts).toEqual(["fixed.example", "docs.example", "*.b.example"]);
    await api("POST", "policy", { remove_hosts: ["docs.example", "fixed.example"] });
    expect((await api("GET", "policy")).body.hosts).toEqual(["*.b.example"]);
    for (const [body, says] of [
      [{}, 'Send "levels"'],
      [{ levels: { cloud: "auto" } }, "There is no level"],
      [{ levels: { network: "maybe" } }, "There is no policy"],
      [{ add_hosts: ["https://a.example/"] }, "is not a host"],
      [{ remove_hosts: ["nowhere.example"] }, "is not in the list of hosts"],
      [{ hosts: [] }, 'no field "hosts"'],
    ] as const) {
      const refused = await api("POST", "policy", body);
      expect([body, refused.status >= 400, refused.body.detail]).toEqual([body, true, expect.stringContaining(says)]);
    }
    const reviewer = apiOf(doors, await doors.signedIn("reviewer"));
    expect((await reviewer("GET", "policy")).status).toBe(200);
    expect((await reviewer("POST", "policy", { levels: { host: "auto" } })).status).toBe(403);
  },
  LONG_MS,
);

test(
  "a server that requires a sign-in: after a reviewer signs in, every process can call it",
  async () => {
    const { auth, doors, env } = await guardedServer();
    const reviewer = await doors.signedIn("reviewer");
    const api = apiOf(doors, reviewer);
    const file = { mcpServers: { guarded: { url: `${auth.origin}/mcp` } } };
    expect((await api("POST", "tools/import", file)).status).toBe(403);
    const admin = apiOf(doors, await doors.signedIn("admin"));
    const { body } = await admin("POST", "tools/import", file);
    const [{ sign_in: page, problem }] = body.servers;
    expect(problem).toBe("The server guarded requires a sign-in: run “banyan tools signin guarded”.");
    const elsewhere = await startTrial({ work: false, dataDir: doors.trial.dataDir, env });
    onTestFinished(() => elsewhere.close());
    const other = elsewhere.runtime.application.commands;
    // Another process gives the same sign-in page, because a second page would invalidate the first.
    expect(await other.testServer({ id: "guarded" }, ownerCalled("ann"))).toMatchObject({ ok: false, sign_in: page });

    const back = await signedIn(page);
    const visit = (headers: Record<string, string>, search = back.search) =>
      doors.ask(`/oauth/callback${search}`, { headers });
    expect(await visit({})).toMatchObject({ status: 401, text: expect.stringContaining("/problems/unauthorized") });
    for (const role of ["viewer", "operator"] as const) {
      const refused = await visit(await doors.signedIn(role));
      expect([refused.status, refused.text]).toEqual([403, expect.stringContaining("needs reviewer")]);
    }
    const wrong = new URLSearchParams(back.search);
    wrong.set("state", `guarded.${"x".repeat(32)}`);
    expect(await visit(reviewer, `?${wrong}`)).toMatchObject({ status: 409 });
    wrong.set("state", "nothing.x");
    expect(await visit(reviewer, `?${wrong}`)).toMatchObject({ status: 404 });
    expect((await visit(reviewer, "?error=access_denied%0d%0a<script>")).text).toBe(
      "The sign-in was refused: access_denied <script>.\n",
    );
    expect((await visit(reviewer, "")).status).toBe(400);
    expect((await api("GET", "tools/guarded")).body.available).toBe(false);

    const done = await visit({ ...reviewer, "sec-fetch-site": "cross-site" });
    expect([done.status, done.text, done.headers["content-type"]]).toEqual([
      200,
      "You are signed in. guarded answers with 1 tool. You may close this page.\n",
      "text/plain; charset=utf-8",
    ]);
    const shown = await api("GET", "tools/guarded");
    expect(shown.body).toMatchObject({
      available: true,
      level: "network",
      server: { tools: [{ name: "guarded__who" }] },
    });
    expect(await visit(reviewer)).toMatchObject({ status: 409, text: expect.stringContaining("already used") });
    expect(await other.testServer({ id: "guarded" }, ownerCalled("ann"))).toMatchObject({ ok: true, sign_in: null });
    expect(auth.asked).toMatchObject({ register: 1, code: 1 });

    // No answer contains a token, and no token is left for a later server with the same name.
    const names = async () => (await admin("GET", "secrets")).body.items.map(({ name }: { name: string }) => name);
    expect(await names()).toEqual([expect.stringMatching(/^mcp\/guarded\/oauth-[0-9a-f]{16}$/)]);
    expect((await api("DELETE", "tools/guarded")).body.sentence).toContain("Its secrets are removed too (1).");
    expect(await names()).toEqual([]);
  },
  LONG_MS,
);

test(
  "deeply nested JSON is refused with an error wherever a file is accepted, also inside a text",
  async () => {
    const { doors } = await start();
    const headers = await doors.signedIn("admin");
    const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    const inObject = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
    const servers = (value: string) => `{"mcpServers":{"a":{"command":"node","args":[],"env":${value}}}}`;
    const bodies: [where: string, body: string][] = [
      ["tools", servers(inObject(100_000))],
      ["tools", servers(inObject(90))],
      ["tools", deep(90_000)],
      ["tools/import", JSON.stringify({ text: servers(inObject(50_000)) })],
      ["tools/import", JSON.stringify({ text: deep(100_000) })],
    ];
    for (const [where, body] of bodies) {
      const answer = await doors.ask(`/api/v1/${where}`, { method: "POST", headers, body });
      expect(answer.status, `${where} ${body.slice(0, 60)}: ${answer.text.slice(0, 300)}`).toBeGreaterThanOrEqual(400);
      expect(answer.status, `${where} ${body.slice(0, 60)}: ${answer.text.slice(0, 300)}`).toBeLessThan(500);
    }
  },
  LONG_MS,
);

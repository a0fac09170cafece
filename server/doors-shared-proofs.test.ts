/** A11: links to proofs that are wrong, have ended or are tried at random, and what a stranger gets. */
import { randomBytes } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { sharedProof } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import { endTask } from "@/tests/agents/replies";
import { taskScript } from "@/tests/agents/scenario";
import { type Doors, startDoors } from "./testing/doors";

const owner = ownerCalled("mara");
const KEY = `sk-ant-api03-${randomBytes(32).toString("hex")}`;

const clock = { aheadMs: 0 };
beforeEach(() => {
  clock.aheadMs = 0;
});

async function startShared(): Promise<
  Doors & { tree: string; share(days?: number): Promise<{ id: string; path: string }> }
> {
  const script = taskScript({ root: endTask(`done, not with ${KEY}`) });
  const doors = await startDoors({ script, runtime: { now: () => Date.now() + clock.aheadMs } });
  const { id } = await doors.trial.submit({ task: "root", agent: "worker" });
  await doors.trial.ended(id);
  const { commands } = doors.trial.runtime.application;
  return { ...doors, tree: id, share: (days = 7) => commands.shareProof({ id, days }, owner) };
}

const secretOf = (path: string) => path.split("/").at(-1) ?? "";

test("A11: a link shows the frozen proof without a session, and nothing once it has ended or its tree is gone", async () => {
  const { ask, store, trial, tree, share } = await startShared();
  const { commands } = trial.runtime.application;
  const link = await share();
  const secret = secretOf(link.path);
  // 256 bits.
  expect(Buffer.from(secret, "base64url")).toHaveLength(32);
  const found = sharedProof(secret);
  expect(found).toMatchObject({
    proof: { tree_id: tree, title: "root" },
    shared: { id: link.id, shared_by: "mara", is_open: true },
  });
  expect(JSON.stringify(found)).not.toContain(KEY);
  const page = await ask(link.path);
  expect(page).toMatchObject({ status: 200, text: "a page" });
  expect(page.headers).toMatchObject({
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow, noarchive",
    "referrer-policy": "no-referrer",
    "content-security-policy": expect.stringContaining("default-src 'self'"),
  });
  // Nothing beside the page of the link is open, and no other method is.
  for (const path of ["/proof", `/trees/${tree}/proof`, `${link.path}/x`, `/proof/${secret}%2f..%2ftrees`])
    expect([path, (await ask(path)).status]).toEqual([path, path.includes("%2f") ? 200 : 307]);
  expect((await ask(`/api/v1/trees/${tree}/proof`)).status).toBe(401);

  // The content is frozen.
  store.client.sqlite.prepare("UPDATE trees SET title = 'other' WHERE uid = ?").run(tree);
  expect(sharedProof(secret)?.proof.title).toBe("root");

  // A shortened id names the link, as everywhere, and the audit has the whole one.
  await commands.endSharedProof({ id: link.id.slice(0, -2) }, owner);
  expect(sharedProof(secret)).toBeNull();
  const [row] = (await trial.runtime.application.queries.listAudit({ action: "endSharedProof" })).items;
  expect(row).toMatchObject({ subject: link.id });
  await expect(commands.endSharedProof({ id: link.id }, owner)).rejects.toMatchObject({ kind: "conflict" });
  await expect(commands.endSharedProof({ id: "nothing" }, owner)).rejects.toThrow(
    "There is no link to a proof nothing.",
  );
  await expect(commands.endSharedProof({ id: "" }, owner)).rejects.toMatchObject({ kind: "invalid" });
  const kept = store.client.sqlite.prepare("SELECT body FROM shared_proofs").pluck().all();
  expect(kept).toEqual([""]);

  const second = await share();
  await commands.deleteTree({ id: tree }, owner);
  expect(sharedProof(secretOf(second.path))).toBeNull();
});

test("A11: a link ends by itself, and only its hash is in the database, the audit and the answers that are kept", async () => {
  const { everything, store, token, ask, tree, share, trial } = await startShared();
  const link = await share(1);
  const secret = secretOf(link.path);
  const headers = { ...(await token("operator")), "content-type": "application/json", "idempotency-key": "one-link" };
  const made = await ask(`/api/v1/trees/${tree}/proofs`, { method: "POST", headers, body: '{"days":90}' });
  expect(made.status).toBe(201);
  const second = secretOf(JSON.parse(made.text).path);
  const audit = JSON.stringify(store.client.sqlite.prepare("SELECT * FROM audit").all());
  for (const link of [secret, second]) expect(everything() + audit).not.toContain(link);
  expect(audit).toContain("shareProof");
  expect((await trial.runtime.application.queries.listSharedProofs(tree)).map(({ is_open }) => is_open)).toEqual([
    true,
    true,
  ]);

  clock.aheadMs = 86_400_000;
  expect(sharedProof(secret)).toBeNull();
  expect(sharedProof(second)).not.toBeNull();
});

test("A11: who may not run trees shares none, and a link lasts at most 90 days", async () => {
  const { ask, token, tree } = await startShared();
  const share = async (role: "viewer" | "operator", body: string) =>
    ask(`/api/v1/trees/${tree}/proofs`, {
      method: "POST",
      headers: { ...(await token(role)), "content-type": "application/json" },
      body,
    });
  expect((await share("viewer", '{"days":1}')).status).toBe(403);
  for (const days of [0, 91, 1.5])
    expect([days, (await share("operator", JSON.stringify({ days }))).status]).toEqual([days, 400]);
});

test("A11: an address that tries wrong links is refused for a minute, but not one that works", async () => {
  const { ask, share } = await startShared();
  const { path } = await share();
  const guess = () => ask(`/proof/${randomBytes(32).toString("base64url")}`);
  const answers = [];
  for (let tries = 0; tries < 31; tries++) answers.push((await guess()).status);
  expect(answers.slice(0, 30)).toEqual(Array(30).fill(200));
  expect(answers[30]).toBe(429);
  expect((await guess()).headers["retry-after"]).toBe("60");
  expect((await ask(path)).status).toBe(200);
});

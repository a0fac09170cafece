/** Kinds of services beside the API, as people and programs use them. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ENTITIES } from "./testing/entities";
import { type Made, makeFrom, makeOf, type Running, start } from "./testing/made";

async function ask({ address }: Running, place: string, init?: RequestInit) {
  const response = await fetch(`${address}${place}`, { redirect: "manual", ...init });
  return { status: response.status, at: response.headers.get("location") ?? "", text: await response.text() };
}

/** What a browser sends. */
function form(running: Running, place: string, fields: Record<string, string>) {
  const headers = { "sec-fetch-site": "same-origin" };
  return ask(running, place, { method: "POST", body: new URLSearchParams(fields), headers });
}

test("people use a web application by its pages, which answer as its API does", async () => {
  const running = await start(await makeFrom({ entities: ENTITIES }, ["sqlite"], "web-app"));
  expect(await ask(running, "/")).toMatchObject({ status: 302, at: "/pages" });
  const hostile = `"><script>alert(1)</script>`;
  const made = await form(running, "/pages/customers", { email: "ann@example.org", name: hostile });
  expect(made.status).toBe(303);
  const page = await ask(running, made.at);
  expect(page.text).toMatch(/<dt>Created at<\/dt><dd>\d{4}-\d\d-\d\d \d\d:\d\d UTC<\/dd>/);
  expect(page.text).not.toContain("<script>");
  expect(page.text).toContain("&quot;&gt;&lt;script&gt;");
  const again = await form(running, "/pages/customers", { email: "ann@example.org", name: "Other" });
  expect(again.status).toBe(409);
  expect(again.text).toContain('role="alert"');
  expect(again.text).toContain('value="Other"');
  const id = made.at.split("/").at(-1) ?? "";
  const order = await form(running, "/pages/orders", { customer_id: id, total: "5.5", state: "open", gift: "" });
  expect(order.status).toBe(303);
  expect((await ask(running, order.at)).text).toMatch(/<option selected>open<\/option>/);
  expect((await ask(running, "/pages/orders/new")).text).toContain(`<option value="${id}">ann@example.org</option>`);
  expect(await form(running, `${made.at}/remove`, {})).toMatchObject({ status: 409 });
  expect((await form(running, order.at, { total: "many", state: "open" })).text).toContain("Total must be a number.");
  expect((await form(running, made.at, { email: "ann@example.org", name: "Ann" })).status).toBe(303);
  expect(JSON.parse((await ask(running, `/customers/${id}`)).text)).toMatchObject({ name: "Ann" });
  expect((await form(running, `${order.at}/remove`, {})).status).toBe(303);
  expect(await ask(running, order.at)).toMatchObject({ status: 404 });
  expect((await ask(running, "/pages/customers", { method: "POST", body: new URLSearchParams() })).status).toBe(403);
  await running.stop();
});

test("lists have pages, whose last one has no next", async () => {
  const running = await start(await makeFrom({ entities: ENTITIES }, [], "web-app"));
  for (let count = 0; count < 51; count += 1)
    expect((await form(running, "/pages/customers", { email: `a${count}@example.org`, name: "" })).status).toBe(303);
  const first = (await ask(running, "/pages/customers")).text;
  const next = /<a rel="next" href="([^"]*)">/.exec(first)?.[1] ?? "";
  expect(first.match(/<tr>/g)).toHaveLength(51);
  const last = (await ask(running, next)).text;
  expect(last.match(/<tr>/g)).toHaveLength(2);
  expect(last).not.toContain('rel="next"');
  await running.stop();
});

test("a worker runs what was added while it was away, and ends when it is told to", async () => {
  const service = await makeOf("worker");
  const { Queue } = await import(/* @vite-ignore */ path.join(service.folder, "src/queue.ts"));
  const queue = new Queue(path.join(service.folder, "data/service.db"));
  queue.add("greet", { name: "Ann" });
  queue.close();
  const running = await start(service);
  await expect.poll(() => running.log()).toContain("Hello, Ann!");
  await expect
    .poll(async () => JSON.parse((await ask(running, "/healthz")).text))
    .toEqual({ status: "ok", jobs: { waiting: 0, running: 0, failed: 0 } });
  await running.stop();
});

test.each<[string, string, number]>([
  ["mcp-server", "/healthz", 200],
  ["static-site", "/about/", 200],
  ["static-site", "/package.json", 404],
])("a %s answers at its port: %s", async (kind, place, status) => {
  const running = await start(await makeOf(kind));
  expect((await ask(running, place)).status).toBe(status);
  await running.stop();
});

/** Returns the files that a README names and the service does not have. */
function missingIn({ files }: Made): string[] {
  const named = [...(files.get("README.md") ?? "").matchAll(/`((?:src|test|content)\/[\w./-]*)`/g)];
  return named.flatMap(([, place = ""]) => ([...files.keys()].some((file) => file.startsWith(place)) ? [] : [place]));
}

test.each(["worker", "cli", "mcp-server", "static-site"])("the README of a %s says how to start it", async (kind) => {
  const service = await makeOf(kind, ["github-ci"]);
  const readme = service.files.get("README.md") ?? "";
  expect(readme).toMatch(/^# sample\n/);
  expect(readme).not.toContain("\n\n\n");
  expect(readme).toContain("npm install --no-audit --no-fund");
  expect(readme).toContain("## Its parts\n\nGitHub checks each pull request");
  expect(readme).toContain(`the newest blueprint ${kind}`);
  expect(missingIn(service)).toEqual([]);
  const { scripts } = JSON.parse(readFileSync(path.join(service.folder, "package.json"), "utf8"));
  for (const [, script] of readme.matchAll(/npm run ([a-z]+)/g)) expect(Object.keys(scripts)).toContain(script);
});

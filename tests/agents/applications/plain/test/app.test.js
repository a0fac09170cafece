import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { createApp } from "../app.js";
import { openStore } from "../store.js";

async function start(context, file) {
  const server = createApp(await openStore(file));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return async (method, path, body, token = "") => {
    const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body && { body: JSON.stringify(body) }),
    });
    return [response.status, await response.json()];
  };
}

const newFile = async () => join(await mkdtemp(join(tmpdir(), "todo-")), "todo.json");
const ANNA = { name: "anna", password: "correct horse" };

async function signedIn(ask, person = ANNA) {
  await ask("POST", "/register", person);
  return (await ask("POST", "/login", person))[1].token;
}

test("a person registers once, and signs in with the right password only", async (context) => {
  const ask = await start(context, await newFile());
  assert.equal((await ask("POST", "/register", ANNA))[0], 201);
  assert.equal((await ask("POST", "/register", ANNA))[0], 409);
  assert.equal((await ask("POST", "/register", { name: "ben", password: "short" }))[0], 400);
  assert.equal((await ask("POST", "/login", { ...ANNA, password: "wrong horse" }))[0], 401);
  assert.equal((await ask("POST", "/login", ANNA))[0], 200);
});

test("todos need a session, and belong to one person", async (context) => {
  const ask = await start(context, await newFile());
  assert.equal((await ask("GET", "/todos"))[0], 401);
  const anna = await signedIn(ask);
  const ben = await signedIn(ask, { name: "ben", password: "battery staple" });
  const [status, todo] = await ask("POST", "/todos", { text: "Buy milk" }, anna);
  assert.equal(status, 201);
  assert.deepEqual((await ask("GET", "/todos", null, ben))[1], []);
  assert.equal((await ask("PATCH", `/todos/${todo.id}`, { done: true }, ben))[0], 404);
  assert.equal((await ask("PATCH", `/todos/${todo.id}`, { done: true }, anna))[1].done, true);
});

test("accounts and todos survive a restart, and passwords are not stored", async (context) => {
  const file = await newFile();
  const before = await start(context, file);
  await before("POST", "/todos", { text: "Buy milk" }, await signedIn(before));
  const after = await start(context, file);
  const [status, { token }] = await after("POST", "/login", ANNA);
  assert.equal(status, 200);
  assert.equal((await after("GET", "/todos", null, token))[1][0].text, "Buy milk");
  const { readFile } = await import("node:fs/promises");
  assert.ok(!(await readFile(file, "utf8")).includes(ANNA.password));
});

test("bad requests get an answer", async (context) => {
  const ask = await start(context, await newFile());
  const token = await signedIn(ask);
  assert.equal((await ask("POST", "/todos", { text: " " }, token))[0], 400);
  assert.equal((await ask("GET", "/nothing"))[0], 404);
});

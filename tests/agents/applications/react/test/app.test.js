import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createApp } from "../server/app.js";
import { openDatabase } from "../server/database.js";

async function start(file) {
  const app = createApp(await openDatabase(file));
  const server = await new Promise((resolve) => {
    const listening = app.listen(0, "127.0.0.1", () => resolve(listening));
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return async (method, path, body, token = "") => {
    const response = await fetch(`http://127.0.0.1:${server.address().port}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    return [response.status, await response.json()];
  };
}

const newFile = async () => join(await mkdtemp(join(tmpdir(), "todo-")), "todo.db");
const ANNA = { name: "anna", password: "correct horse" };

async function signedIn(ask, person = ANNA) {
  await ask("POST", "/register", person);
  return (await ask("POST", "/login", person))[1].token;
}

test("a person registers once, and signs in with the right password only", async () => {
  const ask = await start(await newFile());
  expect((await ask("POST", "/register", ANNA))[0]).toBe(201);
  expect((await ask("POST", "/register", ANNA))[0]).toBe(409);
  expect((await ask("POST", "/login", { ...ANNA, password: "wrong horse" }))[0]).toBe(401);
  expect((await ask("POST", "/login", ANNA))[0]).toBe(200);
});

test("todos need a session, and belong to one person", async () => {
  const ask = await start(await newFile());
  expect((await ask("GET", "/todos"))[0]).toBe(401);
  const [anna, ben] = [await signedIn(ask), await signedIn(ask, { name: "ben", password: "battery staple" })];
  const [status, todo] = await ask("POST", "/todos", { text: "Buy milk" }, anna);
  expect([status, todo.done]).toEqual([201, false]);
  expect((await ask("GET", "/todos", null, ben))[1]).toEqual([]);
  expect((await ask("PATCH", `/todos/${todo.id}`, { done: true }, ben))[0]).toBe(404);
  expect((await ask("PATCH", `/todos/${todo.id}`, { done: true }, anna))[1].done).toBe(true);
});

test("accounts and todos survive a restart, and passwords are not stored", async () => {
  const file = await newFile();
  const before = await start(file);
  await before("POST", "/todos", { text: "Buy milk" }, await signedIn(before));
  const after = await start(file);
  const [status, { token }] = await after("POST", "/login", ANNA);
  expect(status).toBe(200);
  expect((await after("GET", "/todos", null, token))[1][0].text).toBe("Buy milk");
  expect((await readFile(file)).includes(ANNA.password)).toBe(false);
});

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createSessions, hashed, isPassword } from "./accounts.js";

const PAGE = new URL("./public/index.html", import.meta.url);

/** Returns the server of the todo list: accounts, sessions and each person's own todos. */
export function createApp({ data, save }) {
  const sessions = createSessions();
  const routes = {
    "POST /register": async ({ name, password }) => {
      if (!isText(name) || !isText(password) || password.length < 8)
        return [400, { error: "Give a name, and a password of at least 8 characters." }];
      if (data.users.some((user) => user.name === name)) return [409, { error: "This name is taken." }];
      data.users.push({ name, password: hashed(password) });
      await save();
      return [201, { name }];
    },
    "POST /login": async ({ name, password }) => {
      const user = data.users.find((user) => user.name === name);
      if (!user || !isText(password) || !isPassword(password, user.password))
        return [401, { error: "The name or the password is wrong." }];
      return [200, { token: sessions.begin(name) }];
    },
    "GET /todos": async (_, owner) => [200, data.todos.filter((todo) => todo.owner === owner)],
    "POST /todos": async ({ text }, owner) => {
      if (!isText(text)) return [400, { error: "Say what is to be done." }];
      const todo = { id: data.next++, owner, text, done: false };
      data.todos.push(todo);
      await save();
      return [201, todo];
    },
    "PATCH /todos/:id": async ({ done }, owner, id) => {
      const todo = data.todos.find((todo) => todo.id === id && todo.owner === owner);
      if (!todo) return [404, { error: "There is no such todo." }];
      todo.done = done === true;
      await save();
      return [200, todo];
    },
  };
  return createServer(async (request, response) => {
    try {
      if (request.method === "GET" && request.url === "/") {
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(await readFile(PAGE));
        return;
      }
      const [status, body] = await answer(routes, sessions, request);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    } catch {
      response.writeHead(500).end();
    }
  });
}

async function answer(routes, sessions, request) {
  const [, first = "", id] = new URL(request.url, "http://localhost").pathname.split("/");
  const route = routes[`${request.method} /${first}${id ? "/:id" : ""}`];
  if (!route) return [404, { error: "There is no such address." }];
  const owner = sessions.userOf(request.headers.authorization);
  if (first === "todos" && owner === null) return [401, { error: "Sign in first." }];
  const body = await bodyOf(request);
  return body === null ? [400, { error: "The body is no JSON object." }] : route(body, owner, Number(id));
}

async function bodyOf(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  try {
    const body = JSON.parse(text || "{}");
    return typeof body === "object" ? body : null;
  } catch {
    return null;
  }
}

const isText = (value) => typeof value === "string" && value.trim() !== "";

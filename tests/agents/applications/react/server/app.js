import { fileURLToPath } from "node:url";
import express from "express";
import { createSessions, hashed, isPassword } from "./accounts.js";

const PAGES = fileURLToPath(new URL("../dist", import.meta.url));
const isText = (value) => typeof value === "string" && value.trim() !== "";
const shown = ({ done, ...todo }) => ({ ...todo, done: done === 1 });

/** Returns the server: the built page, and the API with accounts, sessions and each person's own todos. */
export function createApp({ all, change }) {
  const app = express();
  const sessions = createSessions();
  app.use(express.static(PAGES));
  app.use(express.json());
  app.post("/api/register", async ({ body = {} }, response) => {
    const { name, password } = body;
    if (!isText(name) || !isText(password) || password.length < 8)
      return response.status(400).json({ error: "Give a name, and a password of at least 8 characters." });
    if (all("SELECT 1 FROM users WHERE name = ?", [name]).length > 0)
      return response.status(409).json({ error: "This name is taken." });
    await change("INSERT INTO users (name, password) VALUES (?, ?)", [name, hashed(password)]);
    return response.status(201).json({ name });
  });
  app.post("/api/login", ({ body = {} }, response) => {
    const { name, password } = body;
    const [user] = isText(name) ? all("SELECT password FROM users WHERE name = ?", [name]) : [];
    if (!user || !isText(password) || !isPassword(password, user.password))
      return response.status(401).json({ error: "The name or the password is wrong." });
    return response.json({ token: sessions.begin(name) });
  });
  app.use("/api/todos", (request, response, next) => {
    request.owner = sessions.userOf(request.headers.authorization);
    if (request.owner === null) return response.status(401).json({ error: "Sign in first." });
    return next();
  });
  app.get("/api/todos", ({ owner }, response) => {
    response.json(all("SELECT id, text, done FROM todos WHERE owner = ? ORDER BY id", [owner]).map(shown));
  });
  app.post("/api/todos", async ({ owner, body = {} }, response) => {
    if (!isText(body.text)) return response.status(400).json({ error: "Say what is to be done." });
    const query = "INSERT INTO todos (owner, text) VALUES (?, ?) RETURNING id, text, done";
    const [todo] = await change(query, [owner, body.text]);
    return response.status(201).json(shown(todo));
  });
  app.patch("/api/todos/:id", async ({ owner, params, body = {} }, response) => {
    const query = "UPDATE todos SET done = ? WHERE id = ? AND owner = ? RETURNING id, text, done";
    const [todo] = await change(query, [body.done === true ? 1 : 0, Number(params.id), owner]);
    return todo ? response.json(shown(todo)) : response.status(404).json({ error: "There is no such todo." });
  });
  return app;
}

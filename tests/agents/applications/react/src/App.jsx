import { useState } from "react";
import { TodoList } from "./TodoList.jsx";

/** The page: signing in first, then the todos of the person who signed in. */
export function App() {
  const [token, setToken] = useState(null);
  const [todos, setTodos] = useState([]);
  const [said, setSaid] = useState("");
  async function ask(method, path, body, as = token) {
    const response = await fetch(`/api${path}`, {
      method,
      headers: { authorization: `Bearer ${as}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    setSaid(answer.error ?? "");
    return response.ok ? answer : null;
  }
  async function signIn(event) {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.target));
    if (event.nativeEvent.submitter.value === "register" && !(await ask("POST", "/register", given))) return;
    const answer = await ask("POST", "/login", given);
    if (!answer) return;
    setToken(answer.token);
    setTodos((await ask("GET", "/todos", null, answer.token)) ?? []);
  }
  async function add(event) {
    event.preventDefault();
    const form = event.target;
    const todo = await ask("POST", "/todos", Object.fromEntries(new FormData(form)));
    if (!todo) return;
    setTodos([...todos, todo]);
    form.reset();
  }
  async function setDone(id, done) {
    const changed = await ask("PATCH", `/todos/${id}`, { done });
    if (changed) setTodos(todos.map((todo) => (todo.id === id ? changed : todo)));
  }
  return (
    <main>
      <h1>Todo</h1>
      {token === null ? (
        <form onSubmit={signIn}>
          <label>
            Name <input name="name" autoComplete="username" />
          </label>
          <label>
            Password <input name="password" type="password" autoComplete="current-password" />
          </label>
          <button type="submit" value="login">
            Sign in
          </button>
          <button type="submit" value="register">
            Register
          </button>
        </form>
      ) : (
        <>
          <form onSubmit={add}>
            <label>
              New todo <input name="text" />
            </label>
            <button type="submit">Add</button>
          </form>
          <TodoList todos={todos} onDone={setDone} />
        </>
      )}
      <p role="status">{said}</p>
    </main>
  );
}

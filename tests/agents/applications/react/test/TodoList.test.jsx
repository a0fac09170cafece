import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { TodoList } from "../src/TodoList.jsx";

test("a list shows each todo, and says when there is none", () => {
  const shown = renderToStaticMarkup(<TodoList todos={[{ id: 1, text: "Buy milk", done: true }]} onDone={() => {}} />);
  expect(shown).toContain("Buy milk");
  expect(shown).toContain("checked");
  expect(renderToStaticMarkup(<TodoList todos={[]} onDone={() => {}} />)).toContain("Nothing to do.");
});

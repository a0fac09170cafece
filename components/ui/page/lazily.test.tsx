import { prerender } from "react-dom/static";
import { expect, test } from "vitest";
import { lazily } from "./lazily";

async function rendered(Part: React.ComponentType<{ text: string }>): Promise<string> {
  const { prelude } = await prerender(<Part text="Hello" />);
  return new Response(prelude).text();
}

const Shown = ({ text }: { text: string }) => <p>{text}</p>;
const gone = () => Promise.reject(new Error("The server has newer files."));

test("the server renders the part itself", async () => {
  expect(await rendered(lazily(async () => Shown))).toContain("<p>Hello</p>");
});

test("code that cannot be loaded leaves what was given in its place, or a sentence", async () => {
  expect(await rendered(lazily<{ text: string }>(gone, { otherwise: Shown }))).toContain("<p>Hello</p>");
  expect(await rendered(lazily<{ text: string }>(gone))).toMatch(/role="alert".*This part could not be loaded\./);
});

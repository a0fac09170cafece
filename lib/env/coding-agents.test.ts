import { expect, test } from "vitest";
import { agentsIn } from "./coding-agents";

test("an agent may name the providers whose protocol it speaks", () => {
  expect(agentsIn("mine:openai:ollama=/opt/mine --acp, other=/opt/other")).toEqual([
    { name: "mine", file: "/opt/mine", args: ["--acp"], providers: ["openai", "ollama"] },
    { name: "other", file: "/opt/other", args: [] },
  ]);
});

test.each([
  "mine:nobody=/opt/mine",
  "mine:=/opt/mine",
  "mine:openai:nobody=/opt/mine",
  "mine=opt/mine",
  ":openai=/opt/mine",
])("%s has another form", (text) => expect(agentsIn(text)).toBeNull());

import { expect, test } from "vitest";
import type { CallAnswer, CallAsk } from "@/agents/tools/contract/ask";
import type { ToolContext } from "@/agents/tools/contract/tool";
import { isRefused, readForm, type ServerForm } from "@/lib/mcp/forms/form";
import { type AskingCall, questionsOf } from "./questions";

const CALL: AskingCall = {
  asker: { server: "trains", tool: "book" },
  name: "trains__book",
  input: { to: "Rīga" },
  level: "network",
};

function formOf(properties: object): ServerForm {
  const requestedSchema = { type: "object", properties, required: Object.keys(properties) };
  const form = readForm({ message: "How many seats?", requestedSchema });
  if (isRefused(form)) throw new Error(form.why);
  return form;
}

const PERMISSION = formOf({});
const SEATS = formOf({ seats: { type: "integer", maximum: 4 } });

/** A person who gives these answers, in order. */
function person(...answers: Partial<CallAnswer>[]) {
  const asks: CallAsk[] = [];
  const ask: NonNullable<ToolContext["ask"]> = async (given) => {
    asks.push(given);
    const answer = answers[asks.length - 1];
    if (!answer) throw new Error("The call has ended.");
    return { approved: true, text: null, by: "ana", ...answer };
  };
  return { asks, ask };
}

async function asked(form: ServerForm, { ask }: Pick<ToolContext, "ask">, call = CALL) {
  return questionsOf(call, { ask } as ToolContext)?.(form);
}

test("where nobody can be asked, there is nothing to ask with", () => {
  expect(questionsOf(CALL, {})).toBeUndefined();
});

test("a form without fields is a permission", async () => {
  const yes = person({});
  expect(await asked(PERMISSION, yes)).toEqual({ answer: { action: "accept", content: {} } });
  expect(yes.asks).toMatchObject([
    {
      what: "permission",
      subject: "trains__book:permission",
      title: "trains asks: How many seats?",
      detail: "During its tool book, the server trains asks for permission to go on:\n\n> How many seats?",
      level: "network",
      why: "The server wants a person to decide.",
    },
  ]);
  expect(yes.asks[0]?.evidence).toContain('"to": "Rīga"');
  expect(await asked(PERMISSION, person({ approved: false }))).toEqual({ answer: { action: "decline" } });
});

test("a form with fields is a question, whose answer is checked, and asked again with what is wrong", async () => {
  const ana = person({ text: "five" }, { text: "5" }, { text: "4" });
  expect(await asked(SEATS, ana)).toEqual({ answer: { action: "accept", content: { seats: 4 } } });
  expect(ana.asks.map(({ what }) => what)).toEqual(["question", "question", "question"]);
  expect(ana.asks.map(({ detail }) => detail.split("\n", 1)[0])).toEqual([
    "During its tool book, the server trains asks:",
    "The last answer does not fit: data/seats must be integer. The server has not seen it.",
    "The last answer does not fit: data/seats must be <= 4. The server has not seen it.",
  ]);
  expect(ana.asks[0]?.evidence).toContain('"maximum": 4');
});

test("a question is declined by the word, by a person who refuses, and after three answers that do not fit", async () => {
  expect(await asked(SEATS, person({ text: "decline" }))).toEqual({ answer: { action: "decline" } });
  expect(await asked(SEATS, person({ approved: false, text: "no time" }))).toEqual({ answer: { action: "decline" } });
  const confused = person({ text: "a" }, { text: "b" }, { text: "c" });
  expect(await asked(SEATS, confused)).toEqual({
    answer: { action: "decline" },
    note: "The question of the server trains got 3 answers that do not fit it, so it was declined.",
  });
  await expect(asked(SEATS, person())).rejects.toThrow("The call has ended.");
});

test("the same question of the same call is the same ask; another call, another form, another try are not", async () => {
  const inputOf = async (form: ServerForm, call = CALL, answer = "4") => {
    const ana = person({ text: answer }, { text: "4" });
    await asked(form, ana, call);
    return JSON.stringify(ana.asks.at(-1)?.input);
  };
  const first = await inputOf(SEATS);
  expect(await inputOf(SEATS, { ...CALL, input: { to: "Rīga" } })).toBe(first);
  const others = [
    await inputOf(SEATS, { ...CALL, input: { to: "Oslo" } }),
    await inputOf(formOf({ seats: { type: "integer", maximum: 5 } })),
    await inputOf(SEATS, CALL, "nine"),
  ];
  expect(new Set([first, ...others]).size).toBe(4);
});

test("what is shown is bounded, and shows what cannot be seen", async () => {
  const yes = person({});
  await asked(PERMISSION, yes, { ...CALL, input: { text: "\u202E".repeat(50_000) } });
  const evidence = yes.asks[0]?.evidence ?? "";
  expect(evidence).toContain("\\u202e");
  expect(JSON.parse(evidence).arguments).toMatch(/\[cut: \d+ more characters\]$/);
  expect(evidence.length).toBeLessThan(100_000);
});

/** Tools and a prompt of the conformance suite that ask the client something. */
import { createRequestStateCodec, type InputRequests, inputRequired } from "@modelcontextprotocol/server";
import { z } from "zod";
import { clientOf } from "@/server/mcp/tasks/protocol";
import { type FixtureTool, fixture, type Given, says, texts } from "./fixture";

type Schema = Parameters<typeof inputRequired.elicit>[0]["requestedSchema"];

/** The suite changes a state and sends it back, which must be noticed. */
export const stateCodec = createRequestStateCodec<{ round: number }>({ key: "a key for the conformance suite only" });

export function elicit(message: string, requestedSchema: unknown) {
  return inputRequired.elicit({ message, requestedSchema: requestedSchema as Schema & object });
}

function sample(text: string) {
  const messages = [{ role: "user" as const, content: { type: "text" as const, text } }];
  return inputRequired.createMessage({ messages, maxTokens: 100 });
}

const NAME = elicit("What is your name?", texts("name"));
const CONFIRM = elicit("Please confirm", {
  type: "object",
  properties: { ok: { type: "boolean" } },
  required: ["ok"],
});
const accepted = z.object({ action: z.literal("accept"), content: z.record(z.string(), z.unknown()) });

/** Returns the field of an accepted answer, or null. */
export function answerOf({ inputResponses }: Given["mcpReq"], key: string, field: string): unknown {
  const parsed = accepted.safeParse(inputResponses?.[key]);
  return parsed.success ? (parsed.data.content[field] ?? null) : null;
}

function has({ inputResponses }: Given["mcpReq"], keys: string[]): boolean {
  return keys.every((key) => inputResponses?.[key] !== undefined);
}

/** A tool that asks its questions once, and ends with all answers. */
function asking(name: string, inputRequests: InputRequests, end: (given: Given) => string): FixtureTool {
  return fixture(name, (given) =>
    has(given.mcpReq, Object.keys(inputRequests)) ? says(end(given)) : inputRequired({ inputRequests }),
  );
}

/** The same, with a state that goes to the client and back. */
function stateful(name: string, inputRequests: InputRequests, end: string): FixtureTool {
  return fixture(name, async ({ mcpReq }) => {
    const state = mcpReq.requestState<{ round: number }>();
    if (state && has(mcpReq, Object.keys(inputRequests))) return says(end);
    return inputRequired({ inputRequests, requestState: await stateCodec.mint({ round: 1 }) });
  });
}

async function rounds({ mcpReq }: Given) {
  const { round } = mcpReq.requestState<{ round: number }>() ?? { round: 0 };
  if (round === 2) return says("Both steps are done.");
  const next = { round: round + 1 };
  const inputRequests: InputRequests =
    round === 0
      ? { step1: elicit("Step 1: What is your name?", texts("name")) }
      : { step2: elicit("Step 2: What is your favorite color?", texts("color")) };
  return inputRequired({ inputRequests, requestState: await stateCodec.mint(next) });
}

const ASKS = "test_input_required_result_";

export const QUESTION_TOOLS: readonly FixtureTool[] = [
  fixture(`${ASKS}elicitation`, ({ mcpReq }) => {
    const name = answerOf(mcpReq, "user_name", "name");
    return typeof name === "string" ? says(`Hello, ${name}!`) : inputRequired({ inputRequests: { user_name: NAME } });
  }),
  asking(`${ASKS}sampling`, { capital_question: sample("What is the capital of France?") }, ({ mcpReq }) =>
    JSON.stringify(mcpReq.inputResponses?.capital_question),
  ),
  asking(`${ASKS}list_roots`, { client_roots: inputRequired.listRoots() }, ({ mcpReq }) =>
    JSON.stringify(mcpReq.inputResponses?.client_roots),
  ),
  stateful(`${ASKS}request_state`, { confirm: CONFIRM }, "state-ok"),
  stateful(
    `${ASKS}multiple_inputs`,
    { user_name: NAME, greeting: sample("Generate a greeting"), client_roots: inputRequired.listRoots() },
    "All three are here.",
  ),
  fixture(`${ASKS}multi_round`, rounds),
  stateful(`${ASKS}tampered_state`, { confirm: CONFIRM }, "state-ok"),
  fixture(`${ASKS}capabilities`, ({ mcpReq }) => {
    const { sampling, elicitation } = clientOf(mcpReq);
    return inputRequired({
      inputRequests: { ...(sampling && { greeting: sample("Greet.") }), ...(elicitation && { user_name: NAME }) },
    });
  }),
  fixture("test_streaming_elicitation", ({ mcpReq }) =>
    has(mcpReq, ["user_name"]) ? says("Answered.") : inputRequired({ inputRequests: { user_name: NAME } }),
  ),
  pushing("test_elicitation", (message) => elicit(message, texts("username", "email")), texts("message")),
  pushing("test_sampling", sample, texts("prompt")),
  pushing("test_elicitation_sep1034_defaults", () => elicit("Some defaults", DEFAULTS)),
  pushing("test_elicitation_sep1330_enums", () => elicit("Some choices", CHOICES)),
];

/** Clients of 2025 get these as requests, for which the SDK translates the same result. */
function pushing(
  name: string,
  request: (text: string) => InputRequests[string],
  schema?: FixtureTool["inputSchema"],
): FixtureTool {
  return fixture(
    name,
    ({ args, mcpReq }) =>
      has(mcpReq, ["asked"])
        ? says(JSON.stringify(mcpReq.inputResponses?.asked))
        : inputRequired({ inputRequests: { asked: request(String(Object.values(args)[0] ?? "")) } }),
    schema,
  );
}

const DEFAULTS = {
  type: "object",
  properties: {
    name: { type: "string", default: "John Doe" },
    age: { type: "integer", default: 30 },
    score: { type: "number", default: 95.5 },
    status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
    verified: { type: "boolean", default: true },
  },
};
const PLAIN = ["option1", "option2", "option3"];
const titled = (title: string) => [1, 2, 3].map((at) => ({ const: `value${at}`, title: `${title} ${at}` }));
const CHOICES = {
  type: "object",
  properties: {
    untitledSingle: { type: "string", enum: PLAIN },
    titledSingle: { type: "string", oneOf: titled("Option") },
    legacyEnum: { type: "string", enum: ["opt1", "opt2", "opt3"], enumNames: ["Option 1", "Option 2", "Option 3"] },
    untitledMulti: { type: "array", items: { type: "string", enum: PLAIN } },
    titledMulti: { type: "array", items: { anyOf: titled("Choice") } },
  },
};

/** Schemas of strangers, offered to every provider's stand-in, which refuses what the real service refuses. */
import { afterEach, describe, expect, test } from "vitest";
import type { ModelMessage } from "@/core/log/model";
import { closeTrials, requestOf, serviceModels, trial } from "@/tests/agents/model-trial";
import type { StandInName } from "@/tests/agents/services/script";
import { offerTools } from "./offer";
import { OPENAI_SCHEMAS } from "./rules";
import { strangers } from "./strangers";

afterEach(closeTrials);

const services = Object.keys(serviceModels) as StandInName[];
const pathOf = (service: StandInName) => (service === "responses" ? "/v1/responses" : "/v1");

describe.each(services)("%s", (service) => {
  const request = { ...requestOf(serviceModels[service]), tools: strangers };

  test(`takes ${strangers.length} tools of strangers at once, and calls of each come back under its own name`, async () => {
    const { respond, provider } = await trial(
      ({ turn, tools }) => (turn === 0 ? { calls: tools.map((name) => ({ name, input: {} })) } : { text: "Done." }),
      pathOf(service),
    );
    const reply = await respond(request);
    expect(provider.refusals).toEqual([]);
    expect(reply.calls.map((call) => call.name)).toEqual(strangers.map((tool) => tool.name));
    const results: ModelMessage[] = reply.calls.map((call) => ({
      role: "tool",
      callId: call.id,
      toolName: call.name,
      content: "ok",
      isError: false,
    }));
    await respond({ ...request, messages: [...request.messages, { role: "assistant", ...reply }, ...results] });
    expect(provider.refusals).toEqual([]);
  });

  test.each(strangers.map((tool) => [tool.name, tool] as const))("takes %s alone", async (_, tool) => {
    const { respond, provider } = await trial(() => ({ text: "Done." }), pathOf(service));
    await respond({ ...request, tools: [tool] });
    expect(provider.refusals).toEqual([]);
  });
});

function offered(name: string) {
  const tool = strangers.find((stranger) => stranger.name === name)!;
  const offer = offerTools({ ...requestOf("openai/x"), tools: [tool] }, OPENAI_SCHEMAS);
  return {
    offer,
    spec: offer.tools[0]!,
    properties: offer.tools[0]!.inputSchema.properties as Record<string, unknown>,
  };
}

test("keys that providers refuse are offered under other names, and arguments get their own names back", () => {
  const { offer, spec, properties } = offered("microsoft_graph__list-mail-messages");
  // `top` belongs to another property of this tool.
  const top = Object.keys(properties)[0]!;
  expect(top).toMatch(/^top_[0-9a-f]{8}$/);
  expect(Object.keys(properties)).toEqual([top, "filter", "select", "orderby", "odata.nextLink", "top"]);
  expect(spec.inputSchema.required).toEqual([top]);
  const input = { [top]: 5, filter: "a", top: "b", "odata.nextLink": "c" };
  expect(offer.callOf({ name: spec.name, input }).input).toEqual({
    $top: 5,
    $filter: "a",
    top: "b",
    "@odata.nextLink": "c",
  });
});

test("earlier calls are sent under the names that are offered", () => {
  const tool = strangers.find((stranger) => stranger.name === "appstore__list-apps")!;
  const call = { id: "1", name: tool.name, input: { "filter[name]": "a", "page[size]": 3 } };
  const messages: ModelMessage[] = [{ role: "assistant", parts: [], calls: [call] }];
  const { request } = offerTools({ ...requestOf("openai/x"), tools: [tool], messages }, OPENAI_SCHEMAS);
  expect(request.messages[0]).toMatchObject({ calls: [{ input: { filter_name: "a", page_size: 3 } }] });
});

test("variants at the top level are offered together, and the description names them", () => {
  const { spec, properties } = offered("maestro__run");
  expect(Object.keys(properties)).toEqual(["yaml", "files"]);
  expect(spec.description).toContain("Give the arguments of one of these sets: yaml; files.");
});

test("names that differ only after 64 characters stay different", () => {
  const names = strangers
    .filter((stranger) => stranger.name.startsWith("a_name_of_a_server"))
    .map((stranger) => offered(stranger.name).spec.name);
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(name).toHaveLength(64);
});

test("a schema that providers accept keeps what it says", () => {
  const { spec } = offered("filesystem__edit_file");
  const own = strangers.find((stranger) => stranger.name === "filesystem__edit_file")!.inputSchema;
  const { $schema: _, required: __, ...rest } = own;
  expect(spec.inputSchema).toEqual(rest);
});

test("tools beyond what a model takes are left out with a sentence", () => {
  const tools = Array.from({ length: 130 }, (_, at) => ({ ...strangers[0]!, name: `tool_${at}` }));
  const offer = offerTools({ ...requestOf("openai/x"), tools: [...tools, tools[0]!] }, OPENAI_SCHEMAS);
  expect(offer.tools).toHaveLength(128);
  expect(offer.request.system).toContain("- `tool_129`: this model takes at most 128 tools.");
  expect(offer.request.system).toContain("- `tool_0`: another tool has the same name.");
});

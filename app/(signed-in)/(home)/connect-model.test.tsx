import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { ListedProvider } from "@/core/shapes/installation/providers";
import { PROVIDERS } from "@/lib/models/providers/table";
import { ConnectModel } from "./connect-model";

/** The fields that the form reads. */
const listed = (name: keyof typeof PROVIDERS) =>
  ({
    name,
    label: PROVIDERS[name].label,
    takes_key: true,
    base_url: null,
    fixed_address: null,
    also_serves: PROVIDERS[name].alsoServes ?? null,
  }) as ListedProvider;

test("a person with a server that has OpenAI's API sees where its address goes", () => {
  const of = (...names: (keyof typeof PROVIDERS)[]) =>
    renderToStaticMarkup(<ConnectModel providers={names.map(listed)} defaultModel="runbook" />);
  expect(of("anthropic", "openai")).toContain(">OpenAI or a compatible server</option>");
  expect(of("anthropic", "openai")).not.toContain("vLLM");
  expect(of("openai")).toContain(
    "For another server with OpenAI’s API, such as vLLM, LM Studio, OpenRouter or a gateway, enter its address",
  );
});

/** Shared by the tests of model providers: requests, ports to a scripted provider, and a way to inspect a failure. */
import type { Draft, ModelError, ModelMessage, ModelReply, ModelRequest } from "@/core/log/model";
import { createModelPort } from "@/lib/models/model-port";
import { type ProviderScript, type ScriptedProvider, startScriptedProvider } from "./scripted-provider";
import type { StandInName } from "./services/script";

export const secretKey = "sk-test-0123456789abcdef";
export const protocols = ["anthropic", "openai"] as const;
export type Protocol = (typeof protocols)[number];

export const modelNames: Record<Protocol, string> = {
  anthropic: "anthropic/claude-sonnet-4-6",
  openai: "openai/gpt-5",
};

export function requestOf(model: string, messages?: ModelMessage[]): ModelRequest {
  return {
    model,
    system: "You are a test.\nAgent: worker\nTask: t1",
    tools: [
      {
        name: "read",
        description: "Reads a file.",
        inputSchema: { type: "object", properties: { path: { type: "string" } } },
      },
      { name: "end_task", description: "Ends the task.", inputSchema: { type: "object", properties: {} } },
    ],
    messages: messages ?? [{ role: "user", content: "Do the work." }],
    maxOutputTokens: 1000,
  };
}

/** A model for each protocol, thinking ones where the service has them. */
export const serviceModels: Record<StandInName, string> = {
  anthropic: "anthropic/claude-sonnet-4-6",
  responses: "openai/gpt-5.5",
  openai: "openai/served-model",
  google: "google/gemini-3-pro",
  bedrock: "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
  ollama: "ollama/qwen3",
};

export interface Trial {
  provider: ScriptedProvider;
  drafts: Draft[];
  /** Returns how often something was reported to have arrived. */
  beats: () => number;
  respond: (request: ModelRequest, signal?: AbortSignal) => Promise<ModelReply>;
  /** Resolves with the error with which a call rejects. */
  failure: (request: ModelRequest, signal?: AbortSignal) => Promise<ModelError>;
}

const started: ScriptedProvider[] = [];

/** A port whose providers are all one scripted server. */
export async function trial(script: ProviderScript, openaiPath = "/v1"): Promise<Trial> {
  const provider = await startScriptedProvider(script);
  started.push(provider);
  const port = createModelPort({
    anthropic: { key: secretKey, baseUrl: provider.url },
    openai: { key: secretKey, baseUrl: `${provider.url}${openaiPath}` },
    google: { key: secretKey, baseUrl: provider.url },
    bedrock: { key: secretKey, baseUrl: provider.url },
    ollama: { baseUrl: provider.url },
  });
  const drafts: Draft[] = [];
  let beats = 0;
  const onActivity = () => {
    beats += 1;
  };
  const respond = (request: ModelRequest, signal = new AbortController().signal) =>
    port.respond(request, { signal, onDraft: (draft) => drafts.push(draft), onActivity });
  const failure = (request: ModelRequest, signal?: AbortSignal) =>
    respond(request, signal).then(
      (reply) => {
        throw new Error(`The call did not fail: ${JSON.stringify(reply)}`);
      },
      (error: ModelError) => error,
    );
  return { provider, drafts, beats: () => beats, respond, failure };
}

export async function closeTrials(): Promise<void> {
  await Promise.all(started.splice(0).map((provider) => provider.close()));
}

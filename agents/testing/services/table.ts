/** The services that the scripted provider speaks as, and where each is found. */
import { answerAnthropic, readAnthropicRequest } from "./anthropic";
import { bedrockService } from "./bedrock";
import { answerOpenAI, readOpenAIRequest } from "./chat-completions";
import { errorAnswer } from "./faults";
import { googleService } from "./google";
import { ollamaService } from "./ollama";
import { responsesService } from "./responses";
import type { ScriptedServiceName } from "./script";
import type { ScriptedService } from "./service";

export const SERVICES: Record<ScriptedServiceName, ScriptedService> = {
  anthropic: {
    read: readAnthropicRequest,
    answer: answerAnthropic,
    error: (fault, model, nowMs) => errorAnswer(fault, "anthropic", model, nowMs),
  },
  openai: {
    read: readOpenAIRequest,
    answer: answerOpenAI,
    error: (fault, model, nowMs) => errorAnswer(fault, "openai", model, nowMs),
  },
  responses: responsesService,
  google: googleService,
  bedrock: bedrockService,
  ollama: ollamaService,
};

const PATHS: [RegExp, ScriptedServiceName][] = [
  [/^\/v1\/messages$/, "anthropic"],
  [/^\/v1\/chat\/completions$/, "openai"],
  [/^\/v1\/responses$/, "responses"],
  [/^\/v1beta\/models\/[^/]+:(?:streamG|g)enerateContent$/, "google"],
  [/^\/model\/[^/]+\/converse(?:-stream)?$/, "bedrock"],
  [/^\/api\/chat$/, "ollama"],
];

export function serviceAt(path: string): ScriptedServiceName | undefined {
  return PATHS.find(([form]) => form.test(path))?.[1];
}

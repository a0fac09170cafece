/** The services that the scripted provider imitates, and the path of each. */
import { answerAnthropic, readAnthropicRequest } from "./anthropic";
import { bedrockStandIn } from "./bedrock";
import { answerOpenAI, readOpenAIRequest } from "./chat-completions";
import { errorAnswer } from "./faults";
import { googleStandIn } from "./google";
import { ollamaStandIn } from "./ollama";
import { responsesStandIn } from "./responses";
import type { StandInName } from "./script";
import type { StandIn } from "./stand-in";

export const STAND_INS: Record<StandInName, StandIn> = {
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
  responses: responsesStandIn,
  google: googleStandIn,
  bedrock: bedrockStandIn,
  ollama: ollamaStandIn,
};

const PATHS: [RegExp, StandInName][] = [
  [/^\/v1\/messages$/, "anthropic"],
  [/^\/v1\/chat\/completions$/, "openai"],
  [/^\/v1\/responses$/, "responses"],
  [/^\/v1beta\/models\/[^/]+:(?:streamG|g)enerateContent$/, "google"],
  [/^\/model\/[^/]+\/converse(?:-stream)?$/, "bedrock"],
  [/^\/api\/chat$/, "ollama"],
];

export function standInAt(path: string): StandInName | undefined {
  return PATHS.find(([form]) => form.test(path))?.[1];
}

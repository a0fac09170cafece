/** A tool whose programs use models through the gateway: a minimal coding agent for tests of the gateway. */
import type { ModelAccess } from "@/agents/tools/contract/models";
import type { ToolContext } from "@/agents/tools/contract/tool";
import { MODELS } from "@/lib/model-gateway/testing";
import { taskScript } from "./scenario";
import { startScriptedProvider } from "./scripted-provider";
import type { ProviderScript } from "./services/script";
import type { TrialOptions } from "./trial";
import { worldToolFor } from "./world-tool";

/** The agent's use of its access; `what` is the call's argument. */
export type AgentProgram = (models: ModelAccess, what: string, context: ToolContext) => Promise<unknown>;

export function codingAgent(run: AgentProgram) {
  return worldToolFor("coding_agent", "report_interrupted", async ({ what }, context) => {
    if (!context.openModels) throw new Error("The tool has no access to models.");
    const done = await run(await context.openModels({ models: MODELS }), what, context);
    return typeof done === "string" ? done : JSON.stringify(done ?? "done");
  });
}

/** Starts a provider that answers the tasks as scripted, and the agent's requests, which begin with `agent`. */
export async function agentTrial(
  tasks: Parameters<typeof taskScript>[0],
  agent: ProviderScript,
  run: AgentProgram,
): Promise<Required<Pick<TrialOptions, "provider" | "env" | "runtime">>> {
  const script = taskScript(tasks);
  const provider = await startScriptedProvider((request) =>
    request.instruction.startsWith("agent") ? agent(request) : script(request),
  );
  const env = {
    ANTHROPIC_API_KEY: REAL_KEY,
    OPENAI_API_KEY: REAL_KEY,
    GOOGLE_GENERATIVE_AI_API_KEY: REAL_KEY,
    GOOGLE_GEMINI_BASE_URL: provider.url,
  };
  return { provider, env, runtime: { worldTools: [codingAgent(run)] } };
}

export const REAL_KEY = "the-real-key-of-the-account-0123456789";

/** The path of an error's message in each form of program. */
export async function messageIn(answer: Response): Promise<string> {
  return ((await answer.json()) as { error: { message: string } }).error.message;
}

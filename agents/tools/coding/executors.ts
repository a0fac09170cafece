/** The coding agents that Banyan knows, and how each one is told where its model is. */
import type { ConfiguredAgent } from "@/lib/env/coding-agents";
import type { ProviderName } from "@/lib/models/providers/table";
import { SANDBOX_HOME } from "@/lib/workspace/path";

/** What an agent gets in place of a provider's address and key. */
interface AgentModel {
  /** `http://127.0.0.1:<port>`, in the sandbox. */
  url: string;
  token: string;
  /** The model's name, without its provider. */
  model: string;
  provider: string;
}

export interface Executor {
  name: string;
  title: string;
  /** Names of its program, or one full path. */
  programs: readonly string[];
  args: readonly string[];
  /** Names of a program that speaks Claude Code's stream-json, for when none of `programs` is there or starts. */
  streamPrograms?: readonly string[];
  /** Providers whose models it can use; null: not known. */
  providers: readonly ProviderName[] | null;
  /** What a person does to install it. */
  install: string;
  /** The licence of its package, for an agent that is not installed. */
  licence?: string;
  /** What a person should know of its terms besides the licence of its package. */
  terms?: string;
  environment(model: AgentModel): Record<string, string>;
  /** What it reads as `_meta` of a session. */
  meta?: Record<string, unknown>;
}

/** Of the workspace's repository nothing is read as settings; hooks and servers in it are not the person's. */
const CLAUDE_META = { claudeCode: { options: { settingSources: [], disallowedTools: ["WebFetch", "WebSearch"] } } };

const claude: Executor = {
  name: "claude",
  title: "Claude Code",
  programs: ["claude-agent-acp", "claude-code-acp"],
  args: [],
  streamPrograms: ["claude"],
  providers: ["anthropic"],
  install: "npm install -g @agentclientprotocol/claude-agent-acp",
  licence: "Apache-2.0",
  terms: "the agent in it is proprietary",
  environment: ({ url, token, model }) => ({
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: token,
    // The gateway serves this model alone, also where the agent would take a smaller one.
    ANTHROPIC_MODEL: model,
    ANTHROPIC_DEFAULT_OPUS_MODEL: model,
    ANTHROPIC_DEFAULT_SONNET_MODEL: model,
    ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
    CLAUDE_CONFIG_DIR: `${SANDBOX_HOME}/.claude`,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
    ENABLE_TOOL_SEARCH: "false",
  }),
  meta: CLAUDE_META,
};

const codex: Executor = {
  name: "codex",
  title: "Codex",
  programs: ["codex-acp"],
  args: [],
  providers: ["openai"],
  install: "npm install -g @agentclientprotocol/codex-acp",
  licence: "Apache-2.0",
  environment: ({ url, token, model }) => ({
    // It does not create this folder itself.
    CODEX_HOME: SANDBOX_HOME,
    CODEX_CONFIG: JSON.stringify({
      model,
      model_provider: "banyan",
      // The gateway passes on only what the agent itself runs, as plain JSON.
      web_search: "disabled",
      features: { multi_agent: false, apps: false, image_generation: false, enable_request_compression: false },
      model_providers: {
        banyan: { name: "Banyan", base_url: `${url}/v1`, env_key: "BANYAN_TOKEN", wire_api: "responses" },
      },
    }),
    BANYAN_TOKEN: token,
    // Its own sandbox cannot start in Banyan's, which is the wall.
    INITIAL_AGENT_MODE: "agent-full-access",
  }),
};

const opencode: Executor = {
  name: "opencode",
  title: "OpenCode",
  programs: ["opencode"],
  args: ["acp"],
  providers: ["openai", "ollama"],
  install: "npm install -g opencode-ai",
  licence: "MIT",
  environment: ({ url, token, model }) => ({
    XDG_DATA_HOME: `${SANDBOX_HOME}/.local/share`,
    // There is no network to fetch or install anything from.
    OPENCODE_DISABLE_MODELS_FETCH: "1",
    OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
    OPENCODE_DISABLE_AUTOUPDATE: "1",
    OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
    OPENCODE_CONFIG_CONTENT: JSON.stringify({
      model: `banyan/${model}`,
      small_model: `banyan/${model}`,
      provider: {
        banyan: {
          name: "Banyan",
          npm: "@ai-sdk/openai-compatible",
          options: { baseURL: `${url}/v1`, apiKey: token },
          models: { [model]: { name: model } },
        },
      },
      permission: { bash: "ask", edit: "ask", webfetch: "deny" },
      autoupdate: false,
      share: "disabled",
    }),
  }),
};

const gemini: Executor = {
  name: "gemini",
  title: "Gemini CLI",
  programs: ["gemini"],
  args: ["--acp", "--skip-trust"],
  providers: ["google"],
  install: "npm install -g @google/gemini-cli",
  licence: "Apache-2.0",
  environment: ({ url, token, model }) => ({
    GOOGLE_GEMINI_BASE_URL: url,
    GEMINI_API_KEY: token,
    GEMINI_MODEL: model,
  }),
};

/** In this order in lists. */
const EXECUTORS: readonly Executor[] = [claude, codex, opencode, gemini];

/** An agent of the settings gets the address in every form, and the model's name as BANYAN_AGENT_MODEL. */
function configured({ name, file, args, providers }: ConfiguredAgent): Executor {
  return {
    name,
    title: name,
    programs: [file],
    args,
    providers: providers ?? null,
    install: "correct its path in BANYAN_CODING_AGENTS",
    environment: ({ url, token, model }) => ({
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: token,
      ANTHROPIC_MODEL: model,
      OPENAI_BASE_URL: `${url}/v1`,
      OPENAI_API_KEY: token,
      OPENAI_MODEL: model,
      GOOGLE_GEMINI_BASE_URL: url,
      GEMINI_API_KEY: token,
      GEMINI_MODEL: model,
      BANYAN_AGENT_MODEL: model,
    }),
  };
}

/** Returns all agents; one of the settings replaces a known one of the same name. */
export function executorsWith(own: readonly ConfiguredAgent[]): Executor[] {
  const names = new Set(own.map(({ name }) => name));
  return [...EXECUTORS.filter(({ name }) => !names.has(name)), ...own.map(configured)];
}

/**
 * Servers that many people use, by the name of their package, with what they need. `docs/servers.md` says how
 * each is known.
 */

/** How a server is told which browser to start. */
interface BrowserArguments {
  /** Arguments without which the browser does not start in the sandbox. */
  args(browser: string): string[];
}

interface KnownServer {
  /** Hosts without which its tools fail. */
  hosts?: readonly string[];
  browser?: BrowserArguments;
  /** The variable that names the file where it keeps what it learns. Without it, the file is beside its program. */
  file?: { variable: string; name: string };
}

const PLAYWRIGHT: BrowserArguments = {
  args: (browser) => ["--headless", "--isolated", "--no-sandbox", `--executable-path=${browser}`],
};
const DEVTOOLS: BrowserArguments = {
  args: (browser) => ["--headless", "--isolated", `--executablePath=${browser}`, "--chromeArg=--no-sandbox"],
};

const KNOWN = new Map<string, KnownServer>([
  ["@modelcontextprotocol/server-memory", { file: { variable: "MEMORY_FILE_PATH", name: "memory.jsonl" } }],
  ["@playwright/mcp", { browser: PLAYWRIGHT }],
  ["chrome-devtools-mcp", { browser: DEVTOOLS }],
  ["@upstash/context7-mcp", { hosts: ["context7.com"] }],
  ["@notionhq/notion-mcp-server", { hosts: ["api.notion.com"] }],
  ["firecrawl-mcp", { hosts: ["api.firecrawl.dev"] }],
  ["tavily-mcp", { hosts: ["api.tavily.com"] }],
  ["@supabase/mcp-server-supabase", { hosts: ["api.supabase.com"] }],
  ["figma-developer-mcp", { hosts: ["api.figma.com"] }],
  ["@modelcontextprotocol/server-github", { hosts: ["api.github.com"] }],
  ["@brave/brave-search-mcp-server", { hosts: ["api.search.brave.com"] }],
]);

export function knownServer(name: string): KnownServer | undefined {
  return KNOWN.get(name);
}

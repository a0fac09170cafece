/** `GET coding-agents`: what is known of the coding agents that tasks can give work to, installed or not. */
export interface CodingAgent {
  /** As calls of `run_coding_agent` name it. */
  name: string;
  /** Its name for people. */
  title: string;
  /** Its program on the server; null: not installed. */
  program: string | null;
  /** How Banyan talks with it; null: not installed. */
  way: "acp" | "stream-json" | null;
  /** The version of the program's package; null when it has none, or is not installed. */
  version: string | null;
  /** The licence of the program; null when it is not known. */
  licence: string | null;
  /** What a person should know of its terms besides the licence. */
  terms: string | null;
  /** The command that installs it, or null for a program that BANYAN_CODING_AGENTS names. */
  install: string | null;
  /** The providers whose models it can use; empty: not known before its first request. `available`: Banyan's model gateway can give it one, with this server's key. */
  providers: {
    /** Name of the provider. */
    name: string;
    /** Whether it can use the provider's models now. */
    available: boolean;
  }[];
  /** Whether the task's grant bounds what it spends, whatever the agent does. */
  has_hard_cap: boolean;
  /** What is reserved for its first request besides the prompt; null until it has sent a request in this version. */
  first_request_tokens: number | null;
}

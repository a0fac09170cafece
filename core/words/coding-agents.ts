/** What is known of an outside coding agent, in words, for `doctor` and the page Agents. */
import type { CodingAgent } from "@/core/shapes/capabilities/coding-agents";
import { exactCount } from "./figures";

/** Returns its version, licence and terms, such as "2.6.0, licence Apache-2.0". */
export function packageOf({ program, version, licence, terms }: CodingAgent): string {
  const parts = [
    program === null ? "" : (version ?? "unknown version"),
    `licence ${licence ?? "unknown"}${terms ? ` (${terms})` : ""}`,
  ];
  return parts.filter(Boolean).join(", ");
}

/** Returns how it gets its models, as a sentence. `labelOf` names a provider as people know it. */
export function signInOf({ providers }: CodingAgent, labelOf: (provider: string) => string): string {
  const named = (isAvailable: boolean) =>
    providers.filter(({ available }) => available === isAvailable).map(({ name }) => labelOf(name));
  const usable = named(true);
  if (providers.length === 0)
    return "Whose models it can use is not known before its first request: name its provider in BANYAN_CODING_AGENTS (NAME:PROVIDER=PROGRAM).";
  if (usable.length > 0)
    return `Signed in through Banyan's model gateway, with this server's access to ${usable.join(" and ")}.`;
  return `Not signed in: this server has no access to ${named(false).join(" or ")}.`;
}

/** Returns how Banyan talks with it, as a sentence after a space, where that is not the usual way; else an empty text. */
export function wayOf({ way }: CodingAgent): string {
  if (way !== "stream-json") return "";
  return " Banyan talks with it by stream-json, because no program for the Agent Client Protocol is there.";
}

/** Returns whether its spending can pass the task's grant, as a sentence. */
export function capOf({ has_hard_cap }: CodingAgent): string {
  return has_hard_cap
    ? "Hard cap: the gateway refuses each request that the task's grant does not cover."
    : "No hard cap: it can spend more than the task's grant before it is ended.";
}

/** Returns the least that it needs to begin, as a sentence after a space, where that is known; else an empty text. */
export function leastOf({ first_request_tokens: tokens }: CodingAgent): string {
  if (tokens === null) return "";
  return ` Its first request reserves ${exactCount(tokens)} tokens and one for each byte of the prompt, so the grant has to cover more than that.`;
}

/** Returns what a person does to install it, as a sentence. */
export function installOf({ install }: CodingAgent): string {
  return install === null ? "To use it, correct its path in BANYAN_CODING_AGENTS." : `To install it: ${install}`;
}

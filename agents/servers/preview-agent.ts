/** Previews the card of an outside agent, without storing anything. */
import type { OutsideAgentPreview } from "@/core/shapes/servers/outside";
import { factsOf, hazardsOfAgent } from "@/lib/a2a/facts";
import { uniqueName } from "@/lib/mcp/config/config";
import { createAddressGuard } from "@/lib/mcp/transport/address-guard";
import { readCardAt } from "./outside-agents";

const MOST_NAME = 16;

export async function previewOutsideAgent(
  address: string,
  { privateHosts, taken }: { privateHosts: readonly string[]; taken: readonly string[] },
): Promise<OutsideAgentPreview> {
  const { url, card } = await readCardAt(address, { guard: createAddressGuard({ privateHosts }) });
  const { title, version, description, provider, endpoint, skills } = factsOf(card);
  const plain = title.replace(/^[^a-z]+/i, "").slice(0, MOST_NAME) || "agent";
  const hazards = hazardsOfAgent({ url, auth: { kind: "none" }, card });
  const signed_by = card.signedBy;
  return {
    name: uniqueName(plain, new Set(taken)),
    title,
    version,
    description,
    provider,
    url,
    endpoint,
    card: card.hash,
    signed_by,
    skills,
    hazards,
  };
}

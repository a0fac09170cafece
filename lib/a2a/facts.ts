/** Reads the facts of a pinned card, without the protocol's code, so that pages and lists can use it. */
import { isInnerHost } from "@/lib/net/address";
import { hostOf } from "@/lib/net/host-list";
import type { CardFacts, OutsideAgent, PinnedCard } from "./types";

type Fields = Record<string, unknown>;

const KNOWN_VERSION = /^(0\.3|1\.)/;

export function factsOf({ body }: Pick<PinnedCard, "body">): CardFacts {
  const { name, version, description, provider, skills } = body;
  return {
    title: textOf(name),
    version: textOf(version),
    description: textOf(description),
    provider: textOf((provider as Record<string, unknown> | undefined)?.organization),
    endpoint: chosenInterface(body)?.url ?? "",
    skills: listOf(skills).map((skill) => {
      return { id: textOf(skill.id), name: textOf(skill.name), description: textOf(skill.description) };
    }),
  };
}

/** Returns where messages go: an address for JSON-RPC, of the newest version that is known here; null when there is none. */
export function chosenInterface({ supportedInterfaces }: PinnedCard["body"]): (Fields & { url: string }) | null {
  const found = listOf(supportedInterfaces).filter(
    ({ url, protocolBinding, protocolVersion }) =>
      protocolBinding === "JSONRPC" && KNOWN_VERSION.test(textOf(protocolVersion)) && URL.canParse(textOf(url)),
  );
  const newest = found.find(({ protocolVersion }) => protocolVersion === "1.0") ?? found[0];
  return newest ? { ...newest, url: textOf(newest.url) } : null;
}

/** Returns the host that gets messages, as in a list of hosts. */
export function hostOfAgent({ card }: Pick<OutsideAgent, "card">): string {
  return hostOf(factsOf(card).endpoint) ?? "unknown host";
}

/** Returns one sentence for each known danger, for the person who decides about the agent. */
export function hazardsOfAgent({ url, auth, card }: Pick<OutsideAgent, "url" | "auth" | "card">): string[] {
  const { endpoint } = factsOf(card);
  const found: string[] = [];
  const to = new URL(endpoint);
  if (isInnerHost(to.hostname)) found.push(`${to.host} is an address of this machine or of a private network.`);
  if (to.protocol === "http:")
    found.push("It is reached without TLS: anyone on the network path can read and change the traffic.");
  if (card.signedBy === null) found.push("Its card is not signed: only its address shows whose it is.");
  if (card.keysAt !== null && hostOf(card.keysAt) !== hostOf(url))
    found.push(`Its card is signed with a key of ${hostOf(card.keysAt)}, and not of ${hostOf(url)}.`);
  if (hostOf(endpoint) !== hostOf(url))
    found.push(
      `Its card comes from ${hostOf(url)}, and messages${auth.kind === "none" ? "" : " with its secret"} go to ${to.host}.`,
    );
  found.push(
    "It decides itself what it does with a message: the choice of skills only limits what our agents ask for.",
  );
  return found;
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter((part): part is Fields => typeof part === "object" && part !== null) : [];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

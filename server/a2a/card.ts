/** The card that tells other agents what Banyan is, signed, with the public key that proves the signature. */
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { AgentCard, generateAgentCardSignature } from "@a2a-js/sdk";
import { duplicateInterfacesForLegacy } from "@a2a-js/sdk/compat/v0_3";
import { UserError } from "@/agents/application";
import type { A2aRecords } from "@/core/a2a/records";
import { AGENT_SKILL, TASK_SKILL } from "@/core/a2a/skills";
import type { Caller } from "./caller";
import type { Cards } from "./handler";
import { INPUT_MODES } from "./send";

const A2A_PATH = "/a2a";
const KEYS_PATH = "/.well-known/a2a-keys.json";

const OUTPUT_MODES = ["text/plain", "application/json", "application/octet-stream"];
const JSON_RPC = "JSONRPC";

export interface CardSources {
  records: Pick<A2aRecords, "cardKey" | "skills">;
  version: string;
  /** The address of the server as the caller sees it, without a trailing slash. */
  base: string;
}

type KeyRecords = Pick<A2aRecords, "cardKey">;

interface Key {
  /** The private key. */
  jwk: Record<string, string>;
  id: string;
}

export function cardsOf(sources: CardSources): Cards {
  return {
    plain: () => openCard(sources),
    open: async () => signed(sources, openCard(sources)),
    extended: async (caller) => signed(sources, await extendedCard(sources, caller)),
  };
}

/** Returns the public key as a JSON Web Key Set. */
export async function publicKeys({ records }: { records: KeyRecords }): Promise<unknown> {
  const { jwk, id } = await keyOf(records);
  const { kty, crv, x, y } = jwk;
  return { keys: [{ kty, crv, x, y, kid: id, alg: "ES256", use: "sig" }] };
}

function openCard({ records, version, base }: CardSources): AgentCard {
  const own = { url: `${base}${A2A_PATH}`, protocolBinding: JSON_RPC, tenant: "", protocolVersion: "1.0" };
  return AgentCard.fromJSON({
    name: "Banyan",
    description:
      "Solves a task by growing a tree of AI agents, under a person's eye and control. Give it a task in plain words; it may ask back, and returns a result as text, data and files.",
    version,
    supportedInterfaces: duplicateInterfacesForLegacy([own], [JSON_RPC]),
    capabilities: { streaming: true, pushNotifications: true, extendedAgentCard: true },
    securitySchemes: {
      token: {
        httpAuthSecurityScheme: { scheme: "Bearer", description: "An API token of the role operator or above." },
      },
    },
    securityRequirements: [{ schemes: { token: { list: [] } } }],
    defaultInputModes: INPUT_MODES,
    defaultOutputModes: OUTPUT_MODES,
    skills: [
      {
        id: TASK_SKILL,
        name: "Solve a task",
        description:
          "Plans the task, splits it into subtasks, does the work with tools in a sandbox, and checks the result.",
        tags: ["task", "code", "research", "files"],
        examples: ["Write a program that prints the first 20 primes, with tests."],
      },
      ...records.skills(),
    ],
  });
}

async function extendedCard(sources: CardSources, { app }: Caller): Promise<AgentCard> {
  const card = openCard(sources);
  const agents = (await app.queries.listAgents()).filter(({ inner }) => !inner);
  const skills = agents.map(({ name, description }) => ({
    id: `${AGENT_SKILL}${name}`,
    name,
    description,
    tags: ["agent"],
    examples: [],
    inputModes: [],
    outputModes: [],
    securityRequirements: [],
  }));
  return { ...card, skills: [...card.skills, ...skills] };
}

async function signed({ records, base }: CardSources, card: AgentCard): Promise<AgentCard> {
  const { jwk, id } = await keyOf(records);
  const header = { alg: "ES256", kid: id, typ: "JOSE", jku: `${base}${KEYS_PATH}` };
  return generateAgentCardSignature(createPrivateKey({ key: jwk, format: "jwk" }), header)(card);
}

async function keyOf(records: KeyRecords): Promise<Key> {
  const json = await records.cardKey().catch((error: unknown) => {
    // Everybody may ask for the card, and the reason names files of this machine.
    console.error("The card of A2A cannot be signed:", error);
    throw new UserError("unavailable", "The card cannot be signed now: the log of the server says why.");
  });
  const jwk = JSON.parse(json) as Record<string, string>;
  const der = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "der" });
  return { jwk, id: createHash("sha256").update(der).digest("base64url").slice(0, 16) };
}

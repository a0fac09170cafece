/** Adds or changes an outside agent: reads its card, pins it, and stores the chosen skills as tools. */
import { z } from "zod";
import { type Actor, atField, UserError, wrongField } from "@/agents/application";
import { text } from "@/agents/operations/parse";
import { approved } from "@/agents/servers/validate";
import type { OutsideAgentRequest } from "@/core/shapes/servers/outside";
import { factsOf } from "@/lib/a2a/facts";
import type { OutsideAgent } from "@/lib/a2a/types";
import { authOf } from "./auth";
import { callsPerMinute, describedFields, type Old, saveDescribed } from "./save-described";
import type { SavedServer, ServerCommandSources } from "./stored-server";

const CALLS_PER_MINUTE = 10;
const WORDS = { what: "an agent", part: "skill" };

/** An outside agent; see `OutsideAgentRequest`. */
export const agentFields = z.strictObject({
  ...describedFields,
  card: text.optional(),
  skills: z.array(text).max(200).optional(),
  calls_per_minute: callsPerMinute.optional(),
});

/** Its secret goes to the vault. */
export async function saveOutsideAgent(
  sources: ServerCommandSources,
  request: OutsideAgentRequest,
  actor: Actor,
  { version }: { version?: number | null | undefined },
): Promise<SavedServer> {
  return saveDescribed(sources, request, actor, {
    kind: "a2a",
    words: WORDS,
    version,
    async read(old) {
      const config = await configFor(sources, request, old);
      const { tools, problems } = (await sources.servers()).skillsOf(config);
      if (tools.length === 0)
        throw wrongField("skills", problems[0] ?? `No skill of ${request.name} is chosen: choose at least one.`);
      return {
        config,
        title: `agent ${factsOf(config.card).title} outside (A2A)`,
        tools: tools.map(approved),
        problems,
      };
    },
  });
}

async function configFor(
  sources: ServerCommandSources,
  request: OutsideAgentRequest,
  old: Old<OutsideAgent> | null,
): Promise<OutsideAgent> {
  const { name, skills: wanted, calls_per_minute: most } = request;
  const address = request.url ?? old?.config.url;
  if (address === undefined) throw wrongField("url", "Give the agent's address.");
  const auth = authOf(request, old?.config.auth ?? null);
  const callsPerMinute = most ?? old?.config.callsPerMinute ?? CALLS_PER_MINUTE;
  const { url, card } = await atField("url", async () => (await sources.servers()).readCard(address));
  if (request.card !== undefined && request.card !== card.hash)
    throw new UserError("conflict", `The card of ${name} has changed since you read it: read it again.`);
  const { skills } = factsOf(card);
  const chosen = new Set(wanted ?? old?.config.skills ?? []);
  const unknown = wanted?.find((id) => !skills.some((skill) => skill.id === id));
  if (unknown !== undefined)
    throw wrongField(
      "skills",
      `The card has no skill ${unknown.slice(0, 200)}: ${skills.map(({ id }) => id).join(", ")}.`,
    );
  const ids = skills.map(({ id }) => id).filter((id) => chosen.has(id));
  if (ids.length === 0) throw wrongField("skills", `No skill of ${name} is chosen: choose at least one of its card's.`);
  return { kind: "a2a", name, url, auth, skills: ids, callsPerMinute, card };
}

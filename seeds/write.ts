/** Writes agents and documents as files in the layout that `load.ts` reads. */
import { stringify } from "yaml";
import type { AgentBody, DocumentBody } from "@/core/rules/configuration";

export function agentFile({
  instruction,
  webSearch,
  confined,
  limits,
  rights,
  grant,
  effort,
  a2aAnswer,
  ...agent
}: AgentBody): string {
  const { name, description, tools, model, documents, finishing } = agent;
  const given = {
    timeout_seconds: limits.timeoutSeconds,
    max_turns: limits.maxTurns,
    output_tokens: limits.outputTokens,
    ask_timeout_seconds: limits.askTimeoutSeconds,
    ask_default: limits.askDefault,
  };
  return file(
    {
      name,
      description,
      tools,
      model,
      documents,
      web_search: webSearch,
      ...(confined && { confined }),
      ...(rights && { rights }),
      finishing,
      ...(effort && { effort }),
      ...(a2aAnswer && { a2a_answer: a2aAnswer }),
      ...(grant && { grant: { ...grant, costUsd: undefined, cost_usd: grant.costUsd } }),
      ...(Object.values(given).some((limit) => limit !== undefined) && { limits: given }),
    },
    instruction,
  );
}

export function documentFile({ name, description, body }: DocumentBody): string {
  return file({ name, description }, body);
}

function file(frontMatter: Record<string, unknown>, text: string): string {
  // JSON drops undefined keys. Lists stay on one line, as people write them.
  const plain = JSON.parse(JSON.stringify(frontMatter)) as Record<string, unknown>;
  const lines = Object.entries(plain).map(([key, value]) => {
    const isList = typeof value === "object";
    return stringify({ [key]: value }, { lineWidth: 0, ...(isList && { collectionStyle: "flow" }) }).trimEnd();
  });
  return ["---", ...lines.map((line) => line.replace(/^\{ ([\s\S]*) \}$/, "$1")), "---", text.trim(), ""].join("\n");
}

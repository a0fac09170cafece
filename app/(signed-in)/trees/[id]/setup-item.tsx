import type { LogEntry } from "@/components/trees/log-entries";
import { Item } from "./log-item";

/** With which configuration the task was started, and keeps. */
export function SetupItem({ entry }: { entry: LogEntry & { kind: "system" } }) {
  const { agent, agentVersion, model, runbook, tools, documents } = entry.setup;
  const by = runbook ? `follows the runbook ${runbook.name}` : `on ${model}`;
  const lists = [
    tools.length > 0 ? `Tools: ${tools.join(", ")}.` : "It has the core tools only.",
    documents.length > 0 ? `Documents: ${documents.map((one) => one.name).join(", ")}.` : "",
  ];
  return (
    <Item entry={entry} icon="agent" who="Set up" look="event">
      <p>
        {agent} (version {agentVersion}) {by}. <span className="faint">{lists.filter(Boolean).join(" ")}</span>
      </p>
    </Item>
  );
}

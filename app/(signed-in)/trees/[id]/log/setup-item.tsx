import type { LogEntry } from "@/components/trees/log-entries";
import { plural } from "@/core/words/figures";
import { Folded, Item } from "./log-item";

/** With which configuration the task was started, and keeps. */
export function SetupItem({ entry }: { entry: LogEntry & { kind: "system" } }) {
  const { agent, agentVersion, model, runbook, tools, documents, rights } = entry.setup;
  const by = runbook ? `follows the runbook ${runbook.name}` : `on ${model}`;
  const held = `${plural(tools.length, "tool")} beside the core ones, ${plural(documents.length, "document")}`;
  const lists = [
    `Tools: ${tools.join(", ") || "the core ones only"}`,
    `Documents: ${documents.map((one) => one.name).join(", ") || "none"}`,
    `Rights: ${rights.join(", ") || "none"}`,
  ];
  return (
    <Item entry={entry} icon="agent" who="Set up" look="event">
      <p>
        {agent} (version {agentVersion}) {by}.
      </p>
      <Folded title={held} text={lists.join("\n")} />
    </Item>
  );
}

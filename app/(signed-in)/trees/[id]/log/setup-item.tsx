import type { LogEntry } from "@/components/trees/log-entries";
import { plural } from "@/core/words/figures";
import { Folded, Item } from "./log-item";

/** Shows the configuration that the task started with and keeps. */
export function SetupItem({ entry }: { entry: LogEntry & { kind: "system" } }) {
  const { agent, agentVersion, model, runbook, tools, documents, rights, pinned = [] } = entry.setup;
  const by = runbook ? `follows the runbook ${runbook.name}` : `on ${model}`;
  const summary = `${plural(tools.length, "tool")} besides the core tools, ${plural(documents.length, "document")}`;
  const lists = [
    `Tools: ${tools.join(", ") || "core tools only"}`,
    `Documents: ${documents.map((one) => one.name).join(", ") || "none"}`,
    `Rights: ${rights.join(", ") || "none"}`,
    ...pinned.map(({ kind, name, version }) => `Pinned for the tasks below too: ${kind} ${name}, version ${version}`),
  ];
  return (
    <Item entry={entry} icon="agent" who="Set up" look="event">
      <p>
        {agent} (version {agentVersion}) {by}.
      </p>
      <Folded title={summary} text={lists.join("\n")} />
    </Item>
  );
}

import Link from "next/link";
import type { ListedTool } from "@/agents/application";
import { Badge } from "@/components/ui/parts";
import { FactTable } from "@/components/ui/table";
import { Clock } from "@/components/ui/time";
import type { HostPolicy } from "@/core/rules/policy";
import { inheritedWords, levelsWord, policySummary } from "@/core/words/policy";
import { PolicySelect } from "./policy-select";
import { agentsWords, oneLine, useWords } from "./tool-words";

export interface ToolRow {
  tool: ListedTool;
  /** The names of the agents that list it. */
  agents: string[];
}

const COLUMNS = [
  "Tool",
  { name: "Access", className: "w-26 phone:hidden" },
  { name: "Calls", className: "w-36 narrow:hidden" },
  { name: "Used by", className: "w-23 narrow:hidden" },
  { name: "Policy", className: "w-70 phone:w-auto" },
];

interface ToolTableProps {
  rows: ToolRow[];
  levels: HostPolicy["levels"];
  locked: string | null;
}

export function ToolTable({ rows, levels, locked }: ToolTableProps) {
  return (
    <FactTable className="phone:[&_thead]:sr-only" columns={COLUMNS}>
      {rows.map((row) => (
        <Row key={row.tool.name} row={row} levels={levels} locked={locked} />
      ))}
    </FactTable>
  );
}

function Row({ row: { tool, agents }, levels, locked }: { row: ToolRow } & Omit<ToolTableProps, "rows">) {
  const trouble = tool.held_back ?? tool.unavailable_reason;
  return (
    <tr className="focus-within:bg-hover phone:block" data-tool={tool.name}>
      <td className="min-w-0 phone:block phone:h-auto phone:border-b-0 phone:px-0 phone:pb-0">
        <span className="flex min-w-0 flex-wrap items-center gap-2">
          <Link
            className="font-mono text-mono font-medium hover:underline"
            href={`/tools/${encodeURIComponent(tool.name)}`}
            data-row-link
          >
            {tool.name}
          </Link>
          {tool.held_back ? (
            <Badge look="you" icon="you">
              Held back
            </Badge>
          ) : null}
          {tool.available ? null : (
            <Badge look={tool.source === "mcp" ? "bad" : "plain"} icon={tool.source === "mcp" ? "failed" : "stopped"}>
              Off
            </Badge>
          )}
        </span>
        <span className="block text-ink-2 text-small">{oneLine(tool.description)}</span>
        {trouble ? <span className="block text-small">{oneLine(trouble)}</span> : null}
      </td>
      <td className="text-ink-2 phone:hidden">{levelsWord(tool.kinds)}</td>
      <td className="text-ink-2 text-small narrow:hidden">
        {useWords(tool)}
        {tool.last_used_at ? (
          <span className="block text-ink-3">
            last <Clock at={tool.last_used_at} />
          </span>
        ) : null}
      </td>
      <td className="text-ink-2 text-small narrow:hidden" title={agents.join(", ")}>
        {agentsWords(agents, tool.core)}
      </td>
      <td className="phone:block phone:h-auto phone:px-0">
        {tool.core ? (
          <span className="text-ink-2">Always allowed</span>
        ) : (
          <PolicySelect tool={tool} inherited={inheritedWords(tool.kinds, levels)} locked={locked} />
        )}
        {tool.core || tool.kinds.length < 2 ? null : (
          <span className="mt-0.5 block text-ink-2 text-small">{policySummary(tool.kinds)}</span>
        )}
      </td>
    </tr>
  );
}

import Link from "next/link";
import type { HostPolicy } from "@/agents/core/policy";
import { Badge } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import { PolicySelect } from "./policy-select";
import { agentsWords, inheritedWord, levelWord, oneLine, useWords, withoutCommand } from "./tool-words";
import type { ToolRow } from "./tools-view";

interface ToolTableProps {
  rows: ToolRow[];
  levels: HostPolicy["levels"];
  locked: string | null;
}

export function ToolTable({ rows, levels, locked }: ToolTableProps) {
  return (
    <table className="t tooltable">
      <thead>
        <tr>
          <th scope="col">Tool</th>
          <th scope="col" className="hidephone">
            Reaches
          </th>
          <th scope="col" className="hidemiddle">
            Used
          </th>
          <th scope="col" className="hidemiddle">
            Had by
          </th>
          <th scope="col">When it is called</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.tool.name} row={row} levels={levels} locked={locked} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row: { tool, agents }, levels, locked }: { row: ToolRow } & Omit<ToolTableProps, "rows">) {
  const trouble = tool.held_back ?? tool.unavailable_reason;
  return (
    <tr data-tool={tool.name}>
      <td className="min-w-0">
        <span className="flex wrap">
          <Link className="mono toolname" href={`/tools/${encodeURIComponent(tool.name)}`} data-row-link>
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
        <span className="small dim what">{oneLine(tool.description)}</span>
        {trouble ? <span className="small what">{oneLine(withoutCommand(trouble))}</span> : null}
      </td>
      <td className="dim hidephone">{levelWord(tool.level)}</td>
      <td className="dim hidemiddle small">
        {useWords(tool)}
        {tool.last_used_at ? (
          <span className="what faint">
            last <Clock at={tool.last_used_at} />
          </span>
        ) : null}
      </td>
      <td className="dim hidemiddle small" title={agents.join(", ")}>
        {agentsWords(agents, tool.core)}
      </td>
      <td className="policy">
        {tool.core ? (
          <span className="dim">Always allowed</span>
        ) : (
          <PolicySelect
            tool={tool.name}
            policy={tool.policy}
            inherited={inheritedWord(tool.level, { levels })}
            locked={locked}
          />
        )}
      </td>
    </tr>
  );
}

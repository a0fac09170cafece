"use client";

import Link from "next/link";
import type { ListedTool } from "@/agents/application";
import type { AgentFields } from "@/agents/core/shapes-configuration";
import { plural } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { Badge, Button } from "@/components/ui/parts";
import { AddOne } from "./add-one";
import type { FormProps } from "./agent-form";
import type { Choices } from "./choices";
import { policyText, REACHES } from "./tool-words";

/** What the agent can call, how far each reaches, and who allows it. */
export function AgentTools({ fields, change, readOnly, choices }: FormProps<AgentFields> & { choices: Choices }) {
  const { tools } = fields;
  const core = choices.tools.filter((tool) => tool.core);
  const rest = choices.tools.filter((tool) => !tool.core && tool.available && !tools.includes(tool.name));
  const take = (name: string) => change({ tools: tools.filter((one) => one !== name) });
  return (
    <section className="block" aria-label="Tools">
      <h3>Tools</h3>
      <label className="flex py-1">
        <input
          type="checkbox"
          checked={fields.web_search}
          onChange={(event) => change({ web_search: event.target.checked })}
        />
        <span>
          May search the web <span className="faint">where the model's provider can, sources kept</span>
        </span>
      </label>
      <table className="t">
        <thead>
          <tr>
            <th scope="col">Tool</th>
            <th scope="col" className="hidephone">
              Reaches
            </th>
            <th scope="col">When it is called</th>
            {readOnly ? null : (
              <th scope="col">
                <span className="sr">Take away</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>
              <span className="mono">{plural(core.length, "core tool")}</span>
              <span className="small dim block">break down, start subtasks, ask, end: every agent has them</span>
            </td>
            <td className="dim hidephone">Its own tree</td>
            <td className="dim">Always allowed</td>
            {readOnly ? null : <td />}
          </tr>
          {tools.map((name) => (
            <ToolRow
              key={name}
              name={name}
              tool={choices.tools.find((one) => one.name === name)}
              levels={choices.levels}
              take={readOnly ? null : () => take(name)}
            />
          ))}
        </tbody>
      </table>
      <p className="hint">Who allows a call is set at the tool, for all agents alike.</p>
      {readOnly ? null : (
        <AddOne
          label="Add a tool"
          options={rest.map(({ name, level }) => ({ name, text: `${name}, ${REACHES[level] ?? level}` }))}
          add={(name) => change({ tools: [...tools, name] })}
        />
      )}
    </section>
  );
}

interface ToolRowProps {
  name: string;
  tool: ListedTool | undefined;
  levels: Choices["levels"];
  take: (() => void) | null;
}

function ToolRow({ name, tool, levels, take }: ToolRowProps) {
  return (
    <tr>
      <td>
        <Link className="mono" href={`/tools/${encodeURIComponent(name)}`}>
          {name}
        </Link>
        <span className="small dim block">{tool ? firstSentence(tool.description) : "One tool of a server"}</span>
        {tool && !tool.available ? <Badge look="bad">Off: {tool.unavailable_reason}</Badge> : null}
      </td>
      <td className="dim hidephone">{tool ? (REACHES[tool.level] ?? tool.level) : ""}</td>
      <td className="dim">{tool ? policyText(tool, levels) : "As its server says"}</td>
      {take ? (
        <td className="num">
          <Button look="quiet" className="icon" aria-label={`Take ${name} away`} onClick={take}>
            <Icon name="x" />
          </Button>
        </td>
      ) : null}
    </tr>
  );
}

function firstSentence(text: string): string {
  return /^.*?[.:;](?=\s|$)/.exec(text)?.[0].replace(/[:;]$/, "") ?? text;
}

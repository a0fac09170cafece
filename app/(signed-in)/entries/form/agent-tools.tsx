"use client";

import Link from "next/link";
import type { ListedTool } from "@/agents/application";
import { Hint } from "@/components/ui/hint";
import { Icon } from "@/components/ui/icon";
import { Badge, Button } from "@/components/ui/parts";
import { FactTable } from "@/components/ui/table";
import type { AgentFields } from "@/core/shapes/configuration";
import { plural } from "@/core/words/figures";
import { levelWord } from "@/core/words/policy";
import type { Choices } from "../kinds/choices";
import { AddOne } from "./add-one";
import type { FormProps } from "./agent-form";
import { FormSection } from "./form-section";
import { policyText } from "./tool-words";

/** What the agent can call, how far each reaches, and who allows it. */
export function AgentTools({ fields, change, readOnly, choices }: FormProps<AgentFields> & { choices: Choices }) {
  const { tools } = fields;
  const core = choices.tools.filter((tool) => tool.core);
  const rest = choices.tools.filter((tool) => !tool.core && tool.available && !tools.includes(tool.name));
  const take = (name: string) => change({ tools: tools.filter((one) => one !== name) });
  return (
    <FormSection title="Tools">
      <label className="flex min-w-0 items-center gap-2 py-1">
        <input
          type="checkbox"
          checked={fields.web_search}
          onChange={(event) => change({ web_search: event.target.checked })}
        />
        <span>
          May search the web <span className="text-ink-3">where the model's provider can, sources kept</span>
        </span>
      </label>
      <FactTable className="[&_td]:py-1.5 [&_td]:align-top">
        <thead>
          <tr>
            <th scope="col">Tool</th>
            <th scope="col" className="phone:hidden">
              Reaches
            </th>
            <th scope="col">When it is called</th>
            {readOnly ? null : (
              <th scope="col">
                <span className="sr-only">Take away</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>
              <span className="font-mono text-mono">{plural(core.length, "core tool")}</span>
              <span className="block text-ink-2 text-small">
                break down, start subtasks, ask, end: every agent has them
              </span>
            </td>
            <td className="phone:hidden text-ink-2">Its own tree</td>
            <td className="text-ink-2">Always allowed</td>
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
      </FactTable>
      <Hint>Who allows a call is set at the tool, for all agents alike.</Hint>
      <ConfinedField isConfined={fields.confined} change={change} />
      {readOnly ? null : (
        <AddOne
          label="Add a tool"
          options={rest.map(({ name, level }) => ({ name, text: `${name}, ${levelWord(level)}` }))}
          add={(name) => change({ tools: [...tools, name] })}
        />
      )}
    </FormSection>
  );
}

function ConfinedField({ isConfined, change }: { isConfined: boolean; change: FormProps<AgentFields>["change"] }) {
  return (
    <label className="flex min-w-0 items-center gap-2 py-1">
      <input type="checkbox" checked={isConfined} onChange={(event) => change({ confined: event.target.checked })} />
      <span>
        Confined{" "}
        <span className="text-ink-3">
          {isConfined
            ? "its subtasks get only tools that are listed here"
            : "off: it may start a subtask with an agent that has more tools, within the same rights"}
        </span>
      </span>
    </label>
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
        <Link className="font-mono text-mono hover:underline" href={`/tools/${encodeURIComponent(name)}`}>
          {name}
        </Link>
        <span className="block text-ink-2 text-small">
          {tool ? firstSentence(tool.description) : "One tool of a server"}
        </span>
        {tool && !tool.available ? <Badge look="bad">Off: {tool.unavailable_reason}</Badge> : null}
      </td>
      <td className="phone:hidden text-ink-2">{tool ? levelWord(tool.level) : ""}</td>
      <td className="text-ink-2">{tool ? policyText(tool, levels) : "As its server says"}</td>
      {take ? (
        <td className="text-right whitespace-nowrap">
          <Button look="quiet" className="w-control px-0!" aria-label={`Take ${name} away`} onClick={take}>
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

"use client";

import Link from "next/link";
import type { ListedTool } from "@/agents/application";
import { Hint } from "@/components/ui/hint";
import { Icon } from "@/components/ui/icon";
import { Badge, Button } from "@/components/ui/parts";
import { FactTable, unseen } from "@/components/ui/table";
import type { AgentFields } from "@/core/shapes/configuration";
import { plural } from "@/core/words/figures";
import { levelsWord, policySummary } from "@/core/words/policy";
import type { Choices } from "../kinds/choices";
import { AddOne } from "./add-one";
import type { FormProps } from "./form-props";
import { FormSection } from "./form-section";

/** The agent's tools, with their access and policy. */
export function AgentTools({ fields, change, readOnly, choices }: FormProps<AgentFields> & { choices: Choices }) {
  const { tools } = fields;
  const core = choices.tools.filter((tool) => tool.core);
  const rest = choices.tools.filter((tool) => !tool.core && tool.available && !tools.includes(tool.name));
  const remove = (name: string) => change({ tools: tools.filter((tool) => tool !== name) });
  return (
    <FormSection title="Tools">
      <label className="flex min-w-0 items-center gap-2 py-1">
        <input
          type="checkbox"
          checked={fields.web_search}
          onChange={(event) => change({ web_search: event.target.checked })}
        />
        <span>
          Web search <span className="text-ink-3">if the model’s provider supports it; sources are kept</span>
        </span>
      </label>
      <FactTable
        className="[&_td]:py-1.5 [&_td]:align-top"
        columns={[
          "Tool",
          { name: "Access", className: "phone:hidden" },
          "Policy",
          ...(readOnly ? [] : [unseen("Remove")]),
        ]}
      >
        <tr>
          <td>
            <span className="font-mono text-mono">{plural(core.length, "core tool")}</span>
            <span className="block text-ink-2 text-small">
              break down, start subtasks, ask, end; every agent has them
            </span>
          </td>
          <td className="phone:hidden text-ink-2">Own tree</td>
          <td className="text-ink-2">Always allowed</td>
          {readOnly ? null : <td />}
        </tr>
        {tools.map((name) => (
          <ToolRow
            key={name}
            name={name}
            tool={choices.tools.find((tool) => tool.name === name)}
            remove={readOnly ? null : () => remove(name)}
          />
        ))}
      </FactTable>
      <Hint>Each tool has one policy for all agents. Change it on the page of the tool.</Hint>
      <ConfinedField isConfined={fields.confined} change={change} />
      {readOnly ? null : (
        <AddOne
          label="Add tool"
          options={rest.map(({ name, kinds }) => ({ name, text: `${name}, ${levelsWord(kinds)}` }))}
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
            ? "subtasks get only the tools listed here"
            : "off: subtasks may use agents with more tools, within the same rights"}
        </span>
      </span>
    </label>
  );
}

interface ToolRowProps {
  name: string;
  tool: ListedTool | undefined;
  remove: (() => void) | null;
}

function ToolRow({ name, tool, remove }: ToolRowProps) {
  return (
    <tr>
      <td>
        <Link className="font-mono text-mono hover:underline" href={`/tools/${encodeURIComponent(name)}`}>
          {name}
        </Link>
        <span className="block text-ink-2 text-small">
          {tool ? firstSentence(tool.description) : name.includes("__") ? "Tool of a server" : ""}
        </span>
        {tool || name.includes("__") ? null : <Badge look="bad">Does not exist: remove it</Badge>}
        {tool && !tool.available ? <Badge look="bad">Off: {tool.unavailable_reason}</Badge> : null}
      </td>
      <td className="phone:hidden text-ink-2">{tool ? levelsWord(tool.kinds) : ""}</td>
      <td className="text-ink-2">
        {tool ? policySummary(tool.kinds) : name.includes("__") ? "Policy of its server" : ""}
      </td>
      {remove ? (
        <td className="text-right whitespace-nowrap">
          <Button look="quiet" className="w-control px-0!" aria-label={`Remove ${name}`} onClick={remove}>
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

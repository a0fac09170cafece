import Link from "next/link";
import type { ListedTool } from "@/agents/application";
import type { ToolHistory } from "@/agents/core/shapes-tools";
import { Icon } from "@/components/ui/icon";
import { Clock } from "@/components/ui/time";
import { uniqueKeys } from "@/components/ui/unique-keys";
import { useWords } from "../tool-words";
import { FoldedText } from "./folded-text";

interface ToolAsideProps {
  tool: ListedTool;
  agents: { name: string; part: boolean }[];
  history: ToolHistory;
}

/** Who has it, how its calls went, and how it came to be what it is. */
export function ToolAside({ tool, agents, history }: ToolAsideProps) {
  return (
    <>
      <section className="card">
        <h2>Had by</h2>
        {tool.core ? <p className="dim">Every agent.</p> : null}
        {!tool.core && agents.length === 0 ? (
          <p className="dim">No agent lists it{tool.optional ? "; any may ask for it with request_tools." : "."}</p>
        ) : null}
        <ul className="toolusers">
          {agents.map(({ name, part }) => (
            <li key={name}>
              <Link className="link mono" href={`/agents/${encodeURIComponent(name)}`}>
                {name}
              </Link>
              {part ? <span className="small dim"> some of its tools</span> : null}
            </li>
          ))}
        </ul>
      </section>
      <Calls tool={tool} history={history} />
      {history.versions.length > 0 ? (
        <section className="card">
          <h2>Versions</h2>
          <ul className="toolversions">
            {history.versions.map(({ version, why, by, created_at }) => (
              <li key={version} aria-current={version === tool.version ? "true" : undefined}>
                <span className="mono faint">v{version}</span>
                <span className="min-w-0">
                  <Link className="what wrapany" href={`?version=${version}`} scroll={false}>
                    {why}
                  </Link>
                  <span className="small dim">
                    {by}, <Clock at={created_at} />
                  </span>
                </span>
                {version === tool.version ? <span className="small dim">In effect</span> : null}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  );
}

const OUTCOMES = {
  ok: ["succeeded", "went well"],
  failed: ["failed", "failed"],
  ended: ["stopped", "was ended"],
} as const;

function Calls({ tool, history: { calls, last_failure } }: Pick<ToolAsideProps, "tool" | "history">) {
  const keys = uniqueKeys(calls.map(({ at, task_id }) => `${at} ${task_id}`));
  return (
    <section className="card">
      <h2>Calls</h2>
      <p className="dim">
        {useWords(tool, 1)}
        {tool.last_used_at ? (
          <>
            , last <Clock at={tool.last_used_at} />
          </>
        ) : null}
      </p>
      {last_failure ? (
        <>
          <FoldedText
            title={
              <>
                What the last failure said, <Clock at={last_failure.at} />
              </>
            }
            text={last_failure.text || "(nothing)"}
          />
          <Link className="link small" href={`/trees/${last_failure.tree_id}?task=${last_failure.task_id}`}>
            Open the task
          </Link>
        </>
      ) : null}
      <ul className="toolcalls mt-2">
        {calls.map(({ at, tree_id, tree_title, task_id, agent, outcome, tool: called }, index) => (
          <li key={keys[index]}>
            <Icon name={OUTCOMES[outcome][0]} className={`g s-${OUTCOMES[outcome][0]}`} />
            <span className="min-w-0">
              {tree_title === null ? (
                <span className="what dim">a tree that was deleted</span>
              ) : (
                <Link className="what cut" href={`/trees/${tree_id}?task=${task_id}`}>
                  {tree_title}
                </Link>
              )}
              <span className="small dim">
                {called === tool.name ? "" : `${called.slice(tool.name.length + 2)} `}by {agent}, {OUTCOMES[outcome][1]}
                , <Clock at={at} />
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

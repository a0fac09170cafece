import Link from "next/link";
import type { ListedTool } from "@/agents/application";
import { uniqueKeys } from "@/components/ui/hooks/unique-keys";
import { Card } from "@/components/ui/page/card";
import { StatusGlyph } from "@/components/ui/status";
import { Clock } from "@/components/ui/time";
import { VersionRow } from "@/components/versions/version-row";
import type { ToolHistory } from "@/core/shapes/tools";
import { useWords } from "../tool-words";
import { FoldedText } from "./folded-text";

interface ToolAsideProps {
  tool: ListedTool;
  agents: { name: string; part: boolean }[];
  history: ToolHistory;
}

/** The agents that use the tool, its recent calls and its versions. */
export function ToolAside({ tool, agents, history }: ToolAsideProps) {
  return (
    <>
      <Card as="section">
        <h2>Used by</h2>
        {tool.core ? <p className="text-ink-2">Every agent.</p> : null}
        {!tool.core && agents.length === 0 ? (
          <p className="text-ink-2">
            No agent lists it{tool.optional ? "; any agent can request it with request_tools." : "."}
          </p>
        ) : null}
        <ul>
          {agents.map(({ name, part }) => (
            <li key={name}>
              <Link
                className="link font-mono text-mono inline-block leading-6 underline-offset-4"
                href={`/agents/${encodeURIComponent(name)}`}
              >
                {name}
              </Link>
              {part ? <span className="text-ink-2 text-small"> (some of its tools)</span> : null}
            </li>
          ))}
        </ul>
      </Card>
      <Calls tool={tool} history={history} />
      {history.versions.length > 0 ? (
        <Card as="section">
          <h2>Versions</h2>
          <ul>
            {history.versions.map(({ version, why, by, created_at }) => (
              <VersionRow
                key={version}
                version={version}
                isLive={version === tool.version}
                beside={version === tool.version ? <span className="text-ink-2 text-small">Current</span> : null}
              >
                <Link className="wrap-anywhere block hover:underline" href={`?version=${version}`} scroll={false}>
                  {why}
                </Link>
                <span className="text-ink-2 text-small">
                  {by}, <Clock at={created_at} />
                </span>
              </VersionRow>
            ))}
          </ul>
        </Card>
      ) : null}
    </>
  );
}

const OUTCOMES = {
  ok: ["succeeded", "succeeded"],
  failed: ["failed", "failed"],
  ended: ["stopped", "was interrupted"],
} as const;

function Calls({ tool, history: { calls, last_failure } }: Pick<ToolAsideProps, "tool" | "history">) {
  const keys = uniqueKeys(calls.map(({ at, task_id }) => `${at} ${task_id}`));
  return (
    <Card as="section">
      <h2>Calls</h2>
      <p className="text-ink-2">
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
                Last failure, <Clock at={last_failure.at} />
              </>
            }
            text={last_failure.text || "(no output)"}
          />
          <Link className="link text-small" href={`/trees/${last_failure.tree_id}?task=${last_failure.task_id}`}>
            Open the task
          </Link>
        </>
      ) : null}
      <ul className="mt-2">
        {calls.map(({ at, tree_id, tree_title, task_id, agent, outcome, tool: called }, index) => (
          <li className="-mx-2 grid grid-cols-[14px_minmax(0,1fr)] gap-x-2 rounded-sm px-2 py-1" key={keys[index]}>
            <StatusGlyph status={OUTCOMES[outcome][0]} labelled={false} className="mt-[3px] size-3.5" />
            <span className="min-w-0">
              {tree_title === null ? (
                <span className="block text-ink-2">deleted tree</span>
              ) : (
                <Link className="block min-w-0 truncate hover:underline" href={`/trees/${tree_id}?task=${task_id}`}>
                  {tree_title}
                </Link>
              )}
              <span className="text-ink-2 text-small">
                {called === tool.name ? "" : `${called.slice(tool.name.length + 2)} `}by {agent}, {OUTCOMES[outcome][1]}
                , <Clock at={at} />
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

import Link from "next/link";
import type { ListedTool, ShownServer } from "@/agents/application";
import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import { SectionHead } from "@/components/ui/page/section";
import { LeftOut } from "../parts/left-out";
import { PolicySelect } from "../policy-select";
import { oneLine, serverWord } from "../tool-words";
import { SchemaTable } from "./schema-table";

export interface ServerViewProps {
  tool: ListedTool & { server: ShownServer };
  /** The agents that list the server or a tool of it. */
  agents: string[];
  may: { test: boolean; remove: boolean; change: boolean; secrets: boolean };
  /** Why the person cannot change policies; null if they can. */
  locked: string | null;
}

/** The tools of a server, each with its arguments and its policy. */
export function ServerTools({ tool, locked }: Pick<ServerViewProps, "tool" | "locked">) {
  const { tools } = tool.server;
  const isDenied = tool.policy === "deny";
  const inherited = serverWord(tool.policy, tool.kinds);
  return (
    <section className="mt-6 first:mt-0" aria-labelledby="server-tools">
      <SectionHead>
        <h2 id="server-tools">Tools</h2>
        <span className="text-ink-3">{tools.length > 0 ? `${tools.length}, as approved` : ""}</span>
      </SectionHead>
      {tools.length === 0 ? (
        <p className="py-2 text-ink-2">No tools yet. They appear here after a successful connection test.</p>
      ) : null}
      <LeftOut sentences={tool.server.left_out} />
      <ul className="*:border-b *:border-line">
        {tools.map(({ name, description, policy, schema }) => (
          <li
            className="flex min-w-0 items-start gap-3 py-2 phone:flex-col phone:items-stretch phone:gap-2"
            key={name}
            data-tool={name}
          >
            <div className="min-w-0 flex-auto">
              <Link
                className="font-mono text-mono wrap-anywhere font-medium hover:underline"
                href={`/tools/${encodeURIComponent(name)}`}
                data-row-link
              >
                {name}
              </Link>
              <p className="wrap-anywhere text-ink-2 text-small">{oneLine(description) || "No description."}</p>
              <details className={FOLD}>
                <summary>
                  <FoldMark />
                  <span className="text-small">Arguments</span>
                </summary>
                <SchemaTable schema={schema} />
              </details>
            </div>
            <div className="w-52 flex-none phone:w-auto">
              <PolicySelect
                tool={{ name, policy: policy === tool.policy ? "inherit" : policy, records: false }}
                inherited={inherited}
                locked={isDenied ? "The server’s policy “Refuse” overrides this." : locked}
              />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

import Link from "next/link";
import { Icon } from "@/components/ui/icon";
import { PolicySelect } from "../policy-select";
import { oneLine, serverWord } from "../tool-words";
import { SchemaTable } from "./schema-table";
import type { ServerViewProps } from "./server-view";

/** The tools of a server, each with what it takes and what happens when it is called. */
export function ServerTools({ tool, levels, locked }: Pick<ServerViewProps, "tool" | "levels" | "locked">) {
  const { tools } = tool.server;
  const isDenied = tool.policy === "deny";
  const inherited = serverWord(tool.policy, tool.level, { levels });
  return (
    <section className="sect" aria-labelledby="server-tools">
      <header>
        <h2 id="server-tools">Its tools</h2>
        <span className="faint">{tools.length > 0 ? `${tools.length}, as they were approved` : ""}</span>
      </header>
      {tools.length === 0 ? (
        <p className="dim py-2">It has not listed any yet: a test of the connection that goes well shows them here.</p>
      ) : null}
      <ul className="rows">
        {tools.map(({ name, description, policy, schema }) => (
          <li className="servertool" key={name} data-tool={name}>
            <div className="min-w-0 grow">
              <Link className="mono toolname wrapany" href={`/tools/${encodeURIComponent(name)}`} data-row-link>
                {name}
              </Link>
              <p className="small dim wrapany">{oneLine(description) || "It does not say what it does."}</p>
              <details className="inst">
                <summary>
                  <Icon name="chev" className="i tw" />
                  <span className="small">Arguments</span>
                </summary>
                <SchemaTable schema={schema} />
              </details>
            </div>
            <div className="policy">
              <PolicySelect
                tool={name}
                policy={policy === tool.policy ? "inherit" : policy}
                inherited={inherited}
                locked={isDenied ? "The server's policy is to refuse, and that goes before." : locked}
              />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { enter } from "@/app/enter";
import { Badge, Say } from "@/components/ui/parts";
import { PolicySelect } from "../policy-select";
import { agentsWith, inheritedWord, levelWord, serverWord, withoutCommand } from "../tool-words";
import { OfServer } from "./of-server";
import { SchemaTable } from "./schema-table";
import { ServerView } from "./server-view";
import { ToolAside } from "./tool-aside";

export const metadata: Metadata = { title: "Tool" };

interface ToolPageProps {
  params: Promise<{ name: string }>;
  searchParams: Promise<{ said?: string }>;
}

export default async function ToolPage({ params, searchParams }: ToolPageProps) {
  const app = await enter();
  const name = decodeURIComponent((await params).name);
  const tool = await app.queries.getTool(name).catch((error: unknown) => {
    if (error instanceof Error && error.name === "UserError") notFound();
    throw error;
  });
  const [agents, history, host, list] = await Promise.all([
    app.queries.listAgents(),
    app.queries.getToolHistory(name),
    app.queries.getPolicy(),
    app.queries.listTools(),
  ]);
  const server = tool.server
    ? null
    : (list.find((one) => one.source === "mcp" && name.startsWith(`${one.name}__`)) ?? null);
  const mayPolicy = app.may("setToolPolicy");
  const locked = mayPolicy ? null : `Policies are an admin's to change; you are signed in as ${app.actor.role}.`;
  const inherited = server ? serverWord(server.policy, tool.level, host) : inheritedWord(tool.level, host);
  const { said } = await searchParams;
  const may = {
    test: app.may("testServer"),
    remove: app.may("removeTool"),
    change: app.may("updateServer"),
    secrets: app.may("listSecrets"),
  };
  const users = agentsWith(name, agents);
  return (
    <main className="main" id="main">
      <header className="bar">
        <div className="grow">
          <nav className="crumb" aria-label="Path">
            <Link href="/tools">Tools</Link>
            {server ? <Link href={`/tools/${encodeURIComponent(server.name)}`}>{server.name}</Link> : null}
          </nav>
          <h1 className="mono wrapany">{tool.name}</h1>
        </div>
        {tool.held_back ? (
          <Badge look="you" icon="you">
            Held back
          </Badge>
        ) : null}
        {tool.available ? null : <Badge icon="stopped">Off</Badge>}
      </header>
      <div className="page tooledit">
        <div className="min-w-0">
          {said === "signed-in" ? (
            <Say look="good" role="status">
              You are signed in at {tool.name}.{" "}
              {tool.available ? "Its tools can be called." : "Test the connection to see whether it answers."}
            </Say>
          ) : null}
          {tool.server ? (
            <ServerView
              tool={{ ...tool, server: tool.server }}
              levels={host.levels}
              agents={users.map((agent) => agent.name)}
              may={may}
              locked={locked}
            />
          ) : (
            <>
              {server && (tool.held_back || !tool.available) ? <OfServer tool={tool} server={server.name} /> : null}
              {!server && tool.unavailable_reason ? (
                <Say>Calls of it are refused at present: {withoutCommand(tool.unavailable_reason)}</Say>
              ) : null}
              <p className="prewrap wrapany mt-2">{tool.description.slice(0, 4_000)}</p>
              <section className="sect" aria-labelledby="arguments">
                <header>
                  <h2 id="arguments">Arguments</h2>
                </header>
                <SchemaTable schema={tool.schema} />
              </section>
            </>
          )}
        </div>
        <aside aria-label="Policy and use">
          <section className="card">
            <h2>When it is called</h2>
            {tool.core ? (
              <p className="dim">Always allowed: it works on the tree that the task belongs to, and on nothing else.</p>
            ) : (
              <PolicySelect tool={tool.name} policy={tool.policy} inherited={inherited} locked={locked} />
            )}
            <p className="hint">
              Reaches: {levelWord(tool.level).toLowerCase()}. Counts for calls from now on.{" "}
              {tool.core ? null : (
                <Link className="link" href="/settings/policy">
                  Policies of levels
                </Link>
              )}
            </p>
            {locked && !tool.core ? <p className="hint">{locked}</p> : null}
          </section>
          <ToolAside tool={tool} agents={users} history={history} />
        </aside>
      </div>
    </main>
  );
}

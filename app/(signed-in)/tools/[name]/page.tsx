import type { Metadata } from "next";
import Link from "next/link";
import type { Queries } from "@/agents/application";
import { enter } from "@/app/enter";
import { orNotFound } from "@/app/or-not-found";
import { Crumbs } from "@/components/ui/page/crumbs";
import { Page, PageBar, PageBody } from "@/components/ui/page/page";
import { SectionHead } from "@/components/ui/page/section";
import { Badge, Say } from "@/components/ui/parts";
import { inheritedWords } from "@/core/words/policy";
import { EntryTrial } from "../../entries/entry/entry-trials";
import { HazardList } from "../parts/hazard-list";
import { agentsWith, serverWord } from "../tool-words";
import { FoldedText } from "./folded-text";
import { OfServer } from "./of-server";
import { PolicyCard } from "./policy-card";
import { SchemaTable } from "./schema-table";
import { ServerView } from "./server-view";
import { ToolAside } from "./tool-aside";
import { VersionDiff } from "./version-diff";

interface ToolPageProps {
  params: Promise<{ name: string }>;
  searchParams: Promise<{ said?: string; version?: string }>;
}

export async function generateMetadata({ params }: ToolPageProps): Promise<Metadata> {
  await enter();
  return { title: nameOf((await params).name) };
}

export default async function ToolPage({ params, searchParams }: ToolPageProps) {
  const app = await enter();
  const name = nameOf((await params).name);
  const { said, version } = await searchParams;
  const [tool, texts] = await Promise.all([
    orNotFound(app.queries.getTool(name)),
    version === undefined ? null : orNotFound(app.queries.getToolVersion(name, Number(version))),
  ]);
  const [agents, history, host, list, trials] = await Promise.all([
    app.queries.listAgents(),
    app.queries.getToolHistory(name),
    app.queries.getPolicy(),
    app.queries.listTools(),
    app.queries.listTrials({ kind: "tool", name }),
  ]);
  const server = tool.server ? null : serverOf(name, list);
  const locked = app.may("setToolPolicy")
    ? null
    : `Only admins change policies. You are signed in as ${app.actor.role}.`;
  const users = agentsWith(name, agents);
  const may = {
    test: app.may("testServer"),
    remove: app.may("removeTool"),
    change: app.may("updateServer"),
    secrets: app.may("listSecrets"),
  };
  return (
    <Page>
      <ToolHeader tool={tool} server={server} />
      <PageBody className="grid grid-cols-[minmax(0,1fr)_344px] items-start gap-x-8 gap-y-6 narrow:grid-cols-1">
        <div className="min-w-0">
          {said === "signed-in" ? (
            <Say look="good" role="status">
              You are signed in at {tool.name}.{" "}
              {tool.available ? "Agents can call its tools." : "Test the connection to see whether it answers."}
            </Say>
          ) : null}
          {texts ? <VersionDiff name={name} texts={texts} live={tool.version} mayRestore={may.change} /> : null}
          {tool.server ? (
            <ServerView
              tool={{ ...tool, server: tool.server }}
              agents={users.map((agent) => agent.name)}
              may={may}
              locked={locked}
            />
          ) : (
            <PlainTool tool={tool} server={server} />
          )}
          <FoldedText title="Raw JSON, as in the HTTP API" text={JSON.stringify(tool, null, 2)} />
        </div>
        <aside aria-label="Policy and use">
          <EntryTrial trials={trials} />
          <PolicyCard
            tool={tool}
            inherited={server ? serverWord(server.policy, tool.kinds) : inheritedWords(tool.kinds, host.levels)}
            locked={locked}
          />
          <ToolAside tool={tool} agents={users} history={history} />
        </aside>
      </PageBody>
    </Page>
  );
}

type Shown = Awaited<ReturnType<Queries["getTool"]>>;
type Listed = Awaited<ReturnType<Queries["listTools"]>>[number];

function ToolHeader({ tool, server }: { tool: Shown; server: Listed | null }) {
  return (
    <PageBar>
      <div className="min-w-0 flex-auto">
        <Crumbs aria-label="Path">
          <Link href="/tools">Tools</Link>
          {server ? <Link href={`/tools/${encodeURIComponent(server.name)}`}>{server.name}</Link> : null}
        </Crumbs>
        <h1 className="wrap-anywhere font-mono text-page">{tool.name}</h1>
      </div>
      {tool.held_back ? (
        <Badge look="you" icon="you">
          Held back
        </Badge>
      ) : null}
      {tool.available ? null : <Badge icon="stopped">Off</Badge>}
    </PageBar>
  );
}

/** A built-in tool, or a tool of a server. */
function PlainTool({ tool, server }: { tool: Shown; server: Listed | null }) {
  return (
    <>
      {server && (tool.held_back || !tool.available) ? <OfServer tool={tool} server={server.name} /> : null}
      {!server && tool.unavailable_reason ? <Say>Agents cannot call this tool: {tool.unavailable_reason}</Say> : null}
      <p className="wrap-anywhere mt-2 whitespace-pre-wrap">{tool.description.slice(0, 4_000)}</p>
      <section className="mt-6 first:mt-0" aria-labelledby="arguments">
        <SectionHead>
          <h2 id="arguments">Arguments</h2>
        </SectionHead>
        <SchemaTable schema={tool.schema} />
        {tool.hazards && tool.hazards.length > 0 ? (
          <div className="mt-2">
            <HazardList hazards={tool.hazards} />
          </div>
        ) : null}
      </section>
    </>
  );
}

function serverOf(name: string, list: readonly Listed[]): Listed | null {
  return list.find((tool) => tool.source === "mcp" && name.startsWith(`${tool.name}__`)) ?? null;
}

/** Returns the decoded name. A typed address may hold an invalid encoding; then the name stays as it is. */
function nameOf(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { agentsWith } from "./tool-words";
import { ToolsView } from "./tools-view";

export const metadata: Metadata = { title: "Tools" };

export default async function ToolsPage() {
  const app = await enter();
  const [tools, agents, proposals, policy] = await Promise.all([
    app.queries.listTools(),
    app.queries.listAgents(),
    app.queries.listToolProposals(),
    app.queries.getPolicy(),
  ]);
  const rows = tools.map((tool) => ({ tool, agents: agentsWith(tool.name, agents).map((agent) => agent.name) }));
  const may = { add: app.may("importServers"), policy: app.may("setToolPolicy"), decide: app.may("decide") };
  return <ToolsView rows={rows} proposals={proposals} levels={policy.levels} may={may} role={app.actor.role} />;
}

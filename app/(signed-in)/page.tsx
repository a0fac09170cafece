import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { HomeView } from "./home-view";

export const metadata: Metadata = { title: "Home" };

export default async function HomePage() {
  const { queries } = await enter();
  const [trees, reviews, status, agents, runbooks] = await Promise.all([
    queries.listTrees({ limit: 100 }),
    queries.listReviews({ open: true, limit: 50 }),
    queries.getStatus(),
    queries.listAgents(),
    queries.listRunbooks(),
  ]);
  const start = { trees: trees.items, reviews: reviews.items, status };
  // The survey works on any repository, so it is the first that is offered.
  const first = runbooks.filter((runbook) => runbook.name === "repository-survey");
  const others = runbooks.filter((runbook) => !first.includes(runbook));
  const choices = { agents: agents.map((agent) => agent.name), runbooks: [...first, ...others] };
  return <HomeView start={start} choices={choices} />;
}

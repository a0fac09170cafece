import type { Metadata } from "next";
import Link from "next/link";
import type { TreeFilter } from "@/agents/core/shapes-trees";
import { enter } from "@/app/enter";
import { Icon } from "@/components/ui/icon";
import { addressOf, queryOf, stateOf } from "./list-address";
import { ListTools } from "./list-tools";
import { TreesView } from "./trees-view";

export const metadata: Metadata = { title: "Trees" };

const PAGE = 50;

interface TreesPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function TreesPage({ searchParams }: TreesPageProps) {
  const { queries, may } = await enter();
  const state = stateOf(await searchParams);
  const { search, agent, person, sort } = state;
  const filter: TreeFilter = { search: search || undefined, agent: agent || undefined, person: person || undefined };
  const [page, counts, status, agents, people] = await Promise.all([
    queries.listTrees({
      ...filter,
      sort,
      status: state.status || undefined,
      after: state.after || undefined,
      limit: PAGE,
    }),
    queries.countTrees(filter),
    queries.getStatus(),
    queries.listAgents(),
    queries.listSubmitters(),
  ]);
  const query = queryOf(state);
  const choices = { agents: agents.map((one) => one.name), people };
  return (
    <main className="main" id="main">
      <header className="bar">
        <h1>Trees</h1>
        <span className="grow" />
        {may("submitTree") ? (
          <Link className="btn" href="/#new">
            <Icon name="plus" />
            New task
          </Link>
        ) : null}
      </header>
      <ListTools state={state} counts={counts} choices={choices} />
      <div className="page">
        <TreesView
          key={query}
          start={{ trees: page.items, reviews: [], status }}
          state={state}
          list={`trees?limit=${PAGE}&${query}`}
          mayDelete={may("deleteTree")}
        />
        <nav className="acts mt-4" aria-label="Pages">
          {state.after ? (
            <Link className="btn" href={addressOf({ ...state, after: "" })}>
              First page
            </Link>
          ) : null}
          {page.next ? (
            <Link className="btn" href={addressOf({ ...state, after: page.next })}>
              Next {PAGE}
            </Link>
          ) : null}
        </nav>
      </div>
    </main>
  );
}

import type { Metadata } from "next";
import Link from "next/link";
import { enter } from "@/app/enter";
import { buttonLook } from "@/components/ui/button-look";
import { Icon } from "@/components/ui/icon";
import { Page, PageBar, PageBody } from "@/components/ui/page/page";
import type { TreeFilter } from "@/core/shapes/trees";
import { CompareButton } from "./compare-bar";
import { hasDays } from "./days";
import { addressOf, isFiltered, queryOf, stateOf } from "./list-address";
import { ListTools } from "./list-tools";
import { TreesView } from "./trees-view";

export const metadata: Metadata = { title: "Trees" };

const PAGE = 50;

interface TreesPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function TreesPage({ searchParams }: TreesPageProps) {
  const { queries, may } = await enter();
  const given = await searchParams;
  const state = stateOf(given);
  const { search, agent, person, sort } = state;
  const nests = !isFiltered(state) && hasDays(sort);
  const filter: TreeFilter = { search: search || undefined, agent: agent || undefined, person: person || undefined };
  const [page, counts, status, agents, people] = await Promise.all([
    queries.listTrees({
      ...filter,
      sort,
      status: state.status || undefined,
      after: state.after || undefined,
      forks: nests ? "below" : undefined,
      limit: PAGE,
    }),
    queries.countTrees(filter),
    queries.getStatus(),
    queries.listAgents(),
    queries.listSubmitters(),
  ]);
  const query = queryOf(state);
  const isEmpty = page.items.length === 0 && !isFiltered(state) && !state.after;
  const choices = { agents: agents.filter(({ inner }) => !inner).map(({ name }) => name), people };
  return (
    <Page>
      <PageBar>
        <h1>Trees</h1>
        <span className="flex-auto min-w-0" />
        {isEmpty ? null : <CompareButton />}
        {may("submitTree") ? (
          <Link className={buttonLook()} href="/#new">
            <Icon name="plus" />
            New task
          </Link>
        ) : null}
      </PageBar>
      {isEmpty ? null : <ListTools state={state} counts={counts} choices={choices} />}
      <PageBody>
        <TreesView
          key={query}
          start={{ trees: page.items, reviews: [], status }}
          state={state}
          list={`trees?limit=${PAGE}${nests ? "&forks=below" : ""}&${query}`}
          hasPeople={people.length > 1}
          isLastPage={page.next === null}
          mayDelete={may("deleteTree")}
          isChoosing={given.compare !== undefined}
        />
        <nav className="flex flex-wrap items-center gap-2 mt-4" aria-label="Pages">
          {state.after ? (
            <Link className={buttonLook()} href={addressOf({ ...state, after: "" })}>
              First page
            </Link>
          ) : null}
          {page.next ? (
            <Link className={buttonLook()} href={addressOf({ ...state, after: page.next })}>
              Next {PAGE}
            </Link>
          ) : null}
        </nav>
      </PageBody>
    </Page>
  );
}

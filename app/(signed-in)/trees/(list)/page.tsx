import type { Metadata } from "next";
import Link from "next/link";
import { enter } from "@/app/enter";
import { buttonLook } from "@/components/ui/button-look";
import { Icon } from "@/components/ui/icon";
import { Page, PageBar } from "@/components/ui/page/page";
import type { TreeFilter } from "@/core/shapes/trees";
import { exactCount } from "@/core/words/figures";
import { CompareButton } from "./compare-bar";
import { hasDays } from "./days";
import { addressOf, countShown, isFiltered, queryOf, stateOf } from "./list-address";
import { ListTools } from "./list-tools";
import { TreesView } from "./trees-view";

export const metadata: Metadata = { title: "Trees" };

const PAGE = 50;
/** Stays at the end of the window, where a phone has its tabs. */
const FOOT =
  "sticky bottom-0 z-2 flex flex-wrap items-center gap-x-4 gap-y-1 border-line border-t bg-bg px-6 py-2 text-ink-2 text-small phone:static phone:px-4";

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
  const places = await Promise.all(page.items.map(async ({ id }) => ({ id, place: await queries.getPlace(id) })));
  const query = queryOf(state);
  const isEmpty = page.items.length === 0 && !isFiltered(state) && !state.after;
  const choices = { agents: agents.filter(({ inner }) => !inner).map(({ name }) => name), people };
  return (
    <Page className="flex-auto">
      <PageBar>
        <h1>Trees</h1>
        {isEmpty ? null : <span className="text-ink-3">{exactCount(countShown(counts, ""))}</span>}
        <span className="flex-auto min-w-0" />
        {isEmpty ? null : <CompareButton />}
        {may("submitTree") ? (
          <Link className={buttonLook("primary")} href="/#new">
            <Icon name="plus" />
            New task <kbd>c</kbd>
          </Link>
        ) : null}
      </PageBar>
      {isEmpty ? null : <ListTools state={state} counts={counts} choices={choices} />}
      <TreesView
        key={query}
        start={{ trees: page.items, reviews: [], status }}
        state={state}
        places={places}
        list={`trees?limit=${PAGE}${nests ? "&forks=below" : ""}&${query}`}
        hasPeople={people.length > 1}
        isLastPage={page.next === null}
        mayDelete={may("deleteTree")}
        isChoosing={given.compare !== undefined}
      />
      {page.items.length === 0 && !state.after ? null : (
        <nav className={FOOT} aria-label="Pages">
          <span>
            {exactCount(page.items.length)} of {exactCount(countShown(counts, state.status))} shown
          </span>
          {state.after ? (
            <Link className="link" href={addressOf({ ...state, after: "" })}>
              First page
            </Link>
          ) : null}
          {page.next ? (
            <Link className="link" href={addressOf({ ...state, after: page.next })}>
              Next {PAGE}
            </Link>
          ) : null}
          <span className="ml-auto phone:hidden">
            <kbd>j</kbd> <kbd>k</kbd> move
          </span>
          <span className="phone:hidden">
            <kbd>x</kbd> select, two to compare
          </span>
        </nav>
      )}
    </Page>
  );
}

import type { Metadata } from "next";
import type { Queries } from "@/agents/application";
import { enter } from "@/app/enter";
import { SAMPLE_RUNBOOK } from "@/core/shapes/sample";
import type { Tree } from "@/core/shapes/shapes";
import { ownCommand, startCommand, startFolder } from "@/lib/places";
import { hasModel } from "./composer/models";
import { FAILED_TASKS_READ, FINISHED_SHOWN, OPEN_SHOWN } from "./home-rows";
import { HomeView } from "./home-view";

export const metadata: Metadata = { title: "Home" };

/** Home says how many there are, and shows a few of them first. */
const MOST_FAILURES = 100;

/** Trees of the first hour; who has more has seen the sample. */
const MOST_LOOKED_AT = 5;

/** Returns the ids of trees that the sample's runbook made, the newest first: their logs begin with the choice of it. */
async function samplesOf(queries: Queries, trees: readonly Tree[]): Promise<string[]> {
  if (trees.length > MOST_LOOKED_AT) return [];
  const ordered = trees.toSorted((one, other) => other.created_at.localeCompare(one.created_at));
  const found = ordered.map(async ({ id, root_task_id }) => {
    const { items } = await queries.listMessages({ taskId: root_task_id }, { limit: 10 });
    const isSample = items.some(({ content }) => content.type === "choice" && content.what === SAMPLE_RUNBOOK);
    return isSample ? [id] : [];
  });
  return (await Promise.all(found)).flat();
}

/** A release is what a launcher runs. */
async function hasLauncher(queries: Queries): Promise<boolean> {
  const [newest] = await queries.listStarts();
  return newest !== undefined && newest.release !== null;
}

/** Longer ones are no path of any system. */
const MOST_CHARACTERS = 4_096;

type SearchParams = Promise<{ workspace?: string | string[]; project?: string | string[] }>;

const oneText = (given: string | string[] | undefined) =>
  typeof given === "string" ? given.trim().slice(0, MOST_CHARACTERS) : "";

export default async function HomePage({ searchParams }: { searchParams: SearchParams }) {
  const { actor, may, queries } = await enter();
  const { workspace, project } = await searchParams;
  const mayRun = may("submitTree");
  const mayConnect = may("setProviderKey");
  const [open, ended, reviews, status, agents, runbooks, templates, providers, failedTasks] = await Promise.all([
    queries.listTrees({ status: "open", limit: OPEN_SHOWN }),
    queries.listTrees({ status: "ended", sort: "ended", limit: FINISHED_SHOWN }),
    queries.listReviews({ open: true, limit: 50 }),
    queries.getStatus(),
    queries.listAgents(),
    queries.listRunbooks(),
    queries.listTemplates(),
    queries.listProviders(),
    mayRun ? queries.listFailedTasks({ limit: FAILED_TASKS_READ }) : { items: [], next: null },
  ]);
  // Behind many running trees, idle trees would not be among the newest.
  const still =
    open.next === null
      ? []
      : await Promise.all([
          queries.listTrees({ status: "parked", limit: OPEN_SHOWN }),
          queries.listTrees({ status: "paused", limit: OPEN_SHOWN }),
        ]);
  // Only users who can retry a failed tree are told about it. Read last: a tree that is listed as ended is news, or was seen.
  const failed = mayRun ? await queries.listTrees({ unseenBy: actor.name, sort: "ended", limit: MOST_FAILURES }) : null;
  const samples = hasModel(status) ? [] : await samplesOf(queries, [...open.items, ...ended.items]);
  const hasRun = open.items.length + ended.items.length > samples.length;
  const keys = mayConnect && !hasRun ? await queries.listProviderKeys() : [];
  const failures = failed?.items ?? [];
  const listed = [...open.items, ...still.flatMap(({ items }) => items), ...ended.items, ...failures];
  const trees = new Map(listed.map((tree) => [tree.id, tree]));
  // A question may be of a tree that is not among the newest.
  const asking = new Set(reviews.items.map((review) => review.tree_id).filter((id) => !trees.has(id)));
  for (const id of asking) {
    const tree = await queries.getTree(id, { tasks: "none" }).catch(() => null);
    if (tree) trees.set(id, tree);
  }
  // The survey works on any repository, so it comes first.
  const offered = runbooks.filter(({ inner }) => !inner);
  const first = offered.filter((runbook) => runbook.name === "repository-survey");
  const others = offered.filter((runbook) => !first.includes(runbook));
  const places = [...trees.keys()].map(async (id) => [id, await queries.getPlace(id)] as const);
  return (
    <HomeView
      places={(await Promise.all(places)).flatMap(([id, place]) => (place ? [{ id, place }] : []))}
      start={{ trees: [...trees.values()], reviews: reviews.items, status }}
      failures={failures.map((tree) => tree.id)}
      failedTasks={failedTasks}
      providers={providers}
      isCut={open.next !== null}
      isEndedCut={ended.next !== null}
      isFailedCut={failed !== null && failed.next !== null}
      choices={{
        agents: agents.filter(({ inner }) => !inner).map(({ name }) => name),
        runbooks: [...first, ...others],
        templates,
      }}
      place={{ workspace: oneText(workspace), project: oneText(project) }}
      startFolder={startFolder()}
      mayConnect={mayConnect}
      mayCap={may("setSpendCaps")}
      keys={keys}
      samples={samples}
      stopBy={{
        who: may("stopForSeconds") ? ((await hasLauncher(queries)) ? "launcher" : "terminal") : "admin",
        start: startCommand(),
        stop: ownCommand("serve --stop"),
      }}
    />
  );
}

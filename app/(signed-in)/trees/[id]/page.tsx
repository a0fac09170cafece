import type { Metadata } from "next";
import { cookies } from "next/headers";
import type { Queries } from "@/agents/application";
import { enter } from "@/app/enter";
import { orNotFound } from "@/app/or-not-found";
import { headTaskOf, onlyTaskOf } from "@/components/feed/outline";
import { shownIdOf, withoutSelectors } from "@/components/feed/selectors";
import { packTasks } from "@/components/trees/packed-tasks";
import { readAddress } from "@/components/trees/tree-address";
import type { Tree } from "@/core/shapes/shapes";
import type { ForkSource } from "./head/forked-from";
import { SPLIT_COOKIE, shareOf } from "./split-share";
import { TreeView } from "./tree-view";
import { ArchivedRights } from "./view/archived-rights";

const LOG_PAGE = 200;
const BEFORE_TARGET = 60;

interface TreePageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: TreePageProps): Promise<Metadata> {
  const { queries } = await enter();
  const tree = await queries.getTree((await params).id, { tasks: "none" }).catch(() => null);
  return { title: tree?.title.slice(0, 80) ?? "Not found" };
}

export default async function TreePage({ params, searchParams }: TreePageProps) {
  const { queries, may } = await enter();
  const [{ id }, search] = await Promise.all([params, searchParams]);
  const address = readAddress(asSearchParams(search));
  const found = await orNotFound(queries.getTree(id, { tasks: "none" }));
  // The cursor is read before the rows, so that commits between the two reads arrive again over the socket.
  const newest = await queries.listMessages({ treeId: found.id }, { latest: true, limit: 1 });
  const tree = await orNotFound(queries.getTree(found.id, { tasks: "rows" }));
  const { items: reviews } = await queries.listReviews({ open: true, treeId: tree.id, limit: 100 });
  const cursor = String(newest.items[0]?.seq ?? "");
  const asked = tree.tasks.find((task) => task.id === address.task)?.id;
  const wanted = asked ? shownIdOf(tree.tasks, asked) : null;
  const openId = wanted ?? headTaskOf(tree.tasks).head?.id;
  const opened = openId ? await readOpened(queries, openId, Number(search.seq)) : null;
  const talk = await readConversation(queries, tree, openId);
  const { tasks, ...rest } = tree;
  const start = { tree: rest, packed: packTasks(tasks), reviews, cursor, opened, talk };
  const source = tree.forked_from ? await readSource(queries, tree.forked_from) : null;
  const place = await queries.getPlace(tree.id);
  const share = shareOf((await cookies()).get(SPLIT_COOKIE)?.value);
  const first = { ...address, task: wanted };
  const rights = { canRun: may("pause") && !tree.from_archive, canKeep: may("pause") };
  const view = (
    <TreeView key={tree.id} start={start} first={first} share={share} {...rights} source={source} place={place} />
  );
  return tree.from_archive ? <ArchivedRights why={ARCHIVED}>{view}</ArchivedRights> : view;
}

const ARCHIVED = "This tree was read from an archive: it can be looked at, and nothing in it goes on.";

function asSearchParams(search: Record<string, string | string[] | undefined>): URLSearchParams {
  return new URLSearchParams(Object.entries(search).map(([name, value]) => [name, [value].flat()[0] ?? ""]));
}

/** Returns the tree that this one was forked from, or null when it was deleted. */
async function readSource(
  queries: Queries,
  { tree_id, seq }: NonNullable<Tree["forked_from"]>,
): Promise<ForkSource | null> {
  const source = await queries.getTree(tree_id, { tasks: "none" }).catch(() => null);
  if (!source) return null;
  const message = await queries.getMessage(seq).catch(() => null);
  return { title: source.title, taskId: message?.tree_id === source.id ? message.task_id : null };
}

/** Returns the conversation with the only task of a tree, if it is the open one. */
async function readConversation(queries: Queries, tree: Tree, openId: string | undefined) {
  const only = tree.progress
    ? null
    : onlyTaskOf(withoutSelectors(new Map(tree.tasks.map((task) => [task.id, task]))).values());
  if (!only || only.id !== openId) return null;
  return { taskId: only.id, conversation: await queries.getConversation(only.id) };
}

/** Returns the task with the end of its log, or with the part around the message that the address names. */
async function readOpened(queries: Queries, taskId: string, seq: number) {
  const task = await queries.getTask(taskId);
  if (!Number.isSafeInteger(seq) || seq < 1) return { task, ...(await readLatest(queries, taskId)) };
  const before = await queries.listMessages({ taskId }, { before: String(seq), limit: BEFORE_TARGET });
  const after = await queries.listMessages({ taskId }, { after: String(seq - 1), limit: LOG_PAGE });
  if (after.items.length === 0) return { task, ...(await readLatest(queries, taskId)) };
  const ends = { hasEarlier: before.items.length === BEFORE_TARGET, hasLater: after.next !== null };
  return { task, messages: [...before.items, ...after.items], ...ends };
}

async function readLatest(queries: Queries, taskId: string) {
  const { items } = await queries.listMessages({ taskId }, { latest: true, limit: LOG_PAGE });
  return { messages: items, hasEarlier: items.length === LOG_PAGE, hasLater: false };
}

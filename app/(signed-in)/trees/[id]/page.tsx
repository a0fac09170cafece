import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { application } from "@/agents/application";
import type { Tree } from "@/agents/core/shapes";
import { headTaskOf } from "@/components/trees/outline";
import { requireSession } from "@/lib/auth/require-session";
import { problemOfError } from "@/lib/http/problem";
import type { ForkSource } from "./forked-from";
import { TreeView } from "./tree-view";

const LOG_PAGE = 200;

interface TreePageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ task?: string }>;
}

export async function generateMetadata({ params }: TreePageProps): Promise<Metadata> {
  await requireSession();
  const tree = await application()
    .queries.getTree((await params).id, { tasks: "none" })
    .catch(() => null);
  return { title: tree?.title.slice(0, 80) ?? "Not found" };
}

export default async function TreePage({ params, searchParams }: TreePageProps) {
  await requireSession();
  const [{ id }, { task }] = await Promise.all([params, searchParams]);
  const { queries } = application();
  const found = await readTree(id);
  // The cursor is read before the rows: what is committed between the two reads comes again over the socket.
  const newest = await queries.listMessages({ treeId: found.id }, { latest: true, limit: 1 });
  const tree = await readTree(found.id);
  const { items: reviews } = await queries.listReviews({ open: true, treeId: tree.id, limit: 100 });
  const cursor = String(newest.items[0]?.seq ?? "");
  const openId = tree.tasks.find((one) => one.id === task)?.id ?? headTaskOf(tree.tasks).head?.id;
  const opened = openId ? await readOpened(openId) : null;
  const start = { tree, reviews, cursor, opened };
  const source = tree.forked_from ? await readSource(tree.forked_from) : null;
  return <TreeView key={tree.id} start={start} wanted={task ? (openId ?? null) : null} source={source} />;
}

async function readTree(id: string): Promise<Tree> {
  try {
    return await application().queries.getTree(id);
  } catch (error) {
    if (problemOfError(error)) notFound();
    throw error;
  }
}

/** null when the tree that it was forked from has been deleted. */
async function readSource({ tree_id, seq }: NonNullable<Tree["forked_from"]>): Promise<ForkSource | null> {
  const { queries } = application();
  const source = await queries.getTree(tree_id, { tasks: "none" }).catch(() => null);
  if (!source) return null;
  const message = await queries.getMessage(seq).catch(() => null);
  return { title: source.title, taskId: message?.tree_id === source.id ? message.task_id : null };
}

async function readOpened(taskId: string) {
  const { queries } = application();
  const page = await queries.listMessages({ taskId }, { latest: true, limit: LOG_PAGE });
  const task = await queries.getTask(taskId);
  return { task, messages: page.items, hasEarlier: page.items.length === LOG_PAGE };
}

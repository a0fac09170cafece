import type { Metadata } from "next";
import Link from "next/link";
import { enter } from "@/app/enter";
import { TreesView } from "./trees-view";

export const metadata: Metadata = { title: "Trees" };

const PAGE = 50;

export default async function TreesPage({ searchParams }: { searchParams: Promise<{ after?: string }> }) {
  const { queries } = await enter();
  const { after } = await searchParams;
  const [page, status] = await Promise.all([
    queries.listTrees({ limit: PAGE, after: typeof after === "string" ? after : undefined }),
    queries.getStatus(),
  ]);
  return (
    <main className="main" id="main">
      <header className="bar">
        <h1>Trees</h1>
        <span className="grow" />
        <Link className="btn" href="/#new">
          New task
        </Link>
      </header>
      <div className="page">
        <TreesView key={after ?? ""} start={{ trees: page.items, reviews: [], status }} first={!after} />
        <nav className="acts mt-4" aria-label="Pages">
          {after ? (
            <Link className="btn" href="/trees">
              Newest
            </Link>
          ) : null}
          {page.next ? (
            <Link className="btn" href={`/trees?after=${encodeURIComponent(page.next)}`}>
              Older trees
            </Link>
          ) : null}
        </nav>
      </div>
    </main>
  );
}

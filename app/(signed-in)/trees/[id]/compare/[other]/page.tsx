import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import type { Queries } from "@/agents/application";
import type { Comparison } from "@/agents/core/shapes";
import { enter } from "@/app/enter";
import { Say } from "@/components/ui/parts";
import { problemOfError } from "@/lib/http/problem";
import { ComparedFiles } from "./compared-files";
import { ComparedTable } from "./compared-table";
import { differenceText, originText } from "./compared-words";

export const metadata: Metadata = { title: "Compare two trees" };

export default async function ComparePage({ params }: { params: Promise<{ id: string; other: string }> }) {
  const { queries } = await enter();
  const { id, other } = await params;
  const comparison = await compare(queries, id, other);
  if (typeof comparison === "string") return <Refused sentence={comparison} />;
  const [a, b] = comparison.trees;
  return (
    <main className="main" id="main">
      <header className="bar">
        <div className="min-w-0 grow">
          <nav className="crumb flex-nowrap" aria-label="Path">
            <Link href="/trees">Trees</Link>
            <Link className="cut" href={`/trees/${b.tree_id}`}>
              {b.title}
            </Link>
          </nav>
          <h1>Compare two trees</h1>
        </div>
        <Link className="btn" href={`/trees/${b.tree_id}/compare/${a.tree_id}`}>
          Swap A and B
        </Link>
      </header>
      <div className="page">
        <p className="dim">{originText(a, b)}</p>
        {a.tree_id === b.tree_id ? (
          <div className="mt-3">
            <Say>Both sides are the same tree, so nothing differs.</Say>
          </div>
        ) : (
          <div className="mt-3">
            <Say>{differenceText(a, b)}</Say>
          </div>
        )}
        <ComparedTable trees={comparison.trees} />
        <ComparedFiles comparison={comparison} />
      </div>
    </main>
  );
}

function Refused({ sentence }: { sentence: string }) {
  return (
    <main className="main" id="main">
      <header className="bar">
        <h1>Compare two trees</h1>
      </header>
      <div className="page">
        <Say look="bad" role="alert">
          {sentence}
        </Say>
      </div>
    </main>
  );
}

/** Or a sentence that says why not. */
async function compare(queries: Queries, id: string, other: string): Promise<Comparison | string> {
  try {
    return await queries.compareTrees(id, other);
  } catch (error) {
    const problem = problemOfError(error);
    if (problem?.status === 404) notFound();
    if (problem) return problem.detail;
    throw error;
  }
}

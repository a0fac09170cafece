import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import type { Queries } from "@/agents/application";
import { enter } from "@/app/enter";
import { buttonLook } from "@/components/ui/button-look";
import { Crumbs } from "@/components/ui/page/crumbs";
import { Page, PageBar, PageBody } from "@/components/ui/page/page";
import { Say } from "@/components/ui/parts";
import type { Comparison } from "@/core/shapes/comparison";
import { differenceText, originText } from "@/core/words/comparison";
import { problemOfError } from "@/lib/http/problem";
import { ApplyButtons } from "./apply-buttons";
import { ComparedFiles } from "./compared-files";
import { ComparedTable } from "./compared-table";
import { StartedWith } from "./started-with";

export const metadata: Metadata = { title: "Compare two trees" };

export default async function ComparePage({ params }: { params: Promise<{ id: string; other: string }> }) {
  const { queries, may } = await enter();
  const { id, other } = await params;
  const comparison = await compare(queries, id, other);
  if (typeof comparison === "string") return <Refused sentence={comparison} />;
  const [a, b] = comparison.trees;
  // Without the plan the branch's dialog still says what is possible.
  const plan = await queries.planApply(a.tree_id).catch(() => null);
  return (
    <Page>
      <PageBar className="phone:flex-wrap">
        <div className="min-w-0 flex-auto phone:basis-full">
          <Crumbs className="flex-nowrap!" aria-label="Path">
            <Link href="/trees">Trees</Link>
            <Link className="min-w-0 truncate phone:min-h-6 phone:leading-6" href={`/trees/${b.tree_id}`}>
              {b.title}
            </Link>
          </Crumbs>
          <h1>Compare two trees</h1>
        </div>
        <Link className={buttonLook()} href={`/trees/${b.tree_id}/compare/${a.tree_id}`}>
          Swap A and B
        </Link>
        {may("applyAsBranch") && a.tree_id !== b.tree_id ? <ApplyButtons trees={comparison.trees} plan={plan} /> : null}
      </PageBar>
      <PageBody>
        <p className="text-ink-2">{originText(a, b)}</p>
        {a.tree_id === b.tree_id ? (
          <div className="mt-3">
            <Say>Both sides are the same tree, so nothing differs.</Say>
          </div>
        ) : (
          <div className="mt-3">
            <Say>{differenceText(a, b)}</Say>
          </div>
        )}
        <ComparedTable comparison={comparison} mayKeep={may("keepTree")} />
        <StartedWith trees={comparison.trees} />
        <ComparedFiles comparison={comparison} />
      </PageBody>
    </Page>
  );
}

function Refused({ sentence }: { sentence: string }) {
  return (
    <Page>
      <PageBar>
        <h1>Compare two trees</h1>
      </PageBar>
      <PageBody>
        <Say look="bad" role="alert">
          {sentence}
        </Say>
      </PageBody>
    </Page>
  );
}

/** Returns the comparison, or a sentence that says why there is none. */
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

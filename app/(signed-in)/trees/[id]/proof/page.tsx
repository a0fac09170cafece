import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import type { Queries } from "@/agents/application";
import { enter } from "@/app/enter";
import { ProofButtons } from "@/components/proof/proof-buttons";
import { ProofDocument } from "@/components/proof/proof-document";
import { Page, PageBar, PageBody } from "@/components/ui/page/page";
import { Say } from "@/components/ui/parts";
import type { Proof } from "@/core/shapes/proof";
import { utc } from "@/core/words/proof";
import { proofMarkdown } from "@/core/words/proof-markdown";
import { problemOfError } from "@/lib/http/problem";
import { ShareButton, SharePart } from "./share-part";

export const metadata: Metadata = { title: "Proof of a result" };

/** The id may also be that of a task. */
export default async function ProofPage({ params }: { params: Promise<{ id: string }> }) {
  const { queries, may } = await enter();
  const { id } = await params;
  const proof = await prove(queries, id);
  if (typeof proof === "string") return <Refused id={id} sentence={proof} />;
  const links = await queries.listSharedProofs(proof.tree_id);
  const markdown = proofMarkdown(proof);
  const mayShare = may("shareProof");
  const of = proof.task_id ?? proof.tree_id;
  return (
    <Page>
      <ProofDocument
        proof={proof}
        actions={
          <>
            <ProofButtons markdown={markdown} />
            {mayShare ? (
              <ShareButton of={of} markdown={markdown}>
                Share…
              </ShareButton>
            ) : null}
          </>
        }
        sharing={<SharePart of={of} links={links} markdown={markdown} mayShare={mayShare} />}
        footer={
          <>
            <Link className="link" href={`/trees/${proof.tree_id}`}>
              Tree {proof.tree_id}
            </Link>
            , as it was on {utc(proof.made_at)}. Made with Banyan {proof.made_with}. Secrets are removed from all texts.
          </>
        }
      />
    </Page>
  );
}

function Refused({ id, sentence }: { id: string; sentence: string }) {
  return (
    <Page>
      <PageBar>
        <h1>Proof of a result</h1>
      </PageBar>
      <PageBody>
        <Say>{sentence}</Say>
        <p className="mt-3">
          <Link href={`/trees/${id}`}>Back to the tree</Link>
        </p>
      </PageBody>
    </Page>
  );
}

/** Returns the proof, or a sentence that says why there is none. */
async function prove(queries: Queries, id: string): Promise<Proof | string> {
  try {
    return await queries.getProof(id);
  } catch (error) {
    const problem = problemOfError(error);
    if (problem?.status === 404) notFound();
    if (problem) return problem.detail;
    throw error;
  }
}

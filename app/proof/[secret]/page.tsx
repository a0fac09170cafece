import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { sharedProof } from "@/agents/guard/guard";
import { ProofButtons } from "@/components/proof/proof-buttons";
import { ProofDocument } from "@/components/proof/proof-document";
import { utc } from "@/core/words/proof";
import { proofMarkdown } from "@/core/words/proof-markdown";

export const metadata: Metadata = { title: "Proof of a result", robots: { index: false, follow: false } };

/** What a person shared by a link, for whoever has the link. It shows nothing else of the installation. */
export default async function SharedProofPage({ params }: { params: Promise<{ secret: string }> }) {
  const found = sharedProof((await params).secret);
  if (!found) notFound();
  const { proof, shared } = found;
  return (
    <main id="main">
      <ProofDocument
        proof={proof}
        actions={<ProofButtons markdown={proofMarkdown(proof)} isShared />}
        footer={
          <>
            Shared by {shared.shared_by} on {utc(shared.shared_at)}, until {utc(shared.expires_at)}. This page does not
            change; sha256 <span className="font-mono">{shared.sha256}</span> covers its facts. Made with Banyan{" "}
            {proof.made_with}. Secrets are removed from all texts.
          </>
        }
      />
    </main>
  );
}

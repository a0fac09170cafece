"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { Part } from "@/components/proof/proof-parts";
import { refreshPage } from "@/components/refresh/refresh-page";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { lazily } from "@/components/ui/page/lazily";
import { Button } from "@/components/ui/parts";
import type { SharedProof } from "@/core/shapes/proof";
import { utc } from "@/core/words/proof";

const ShareDialog = lazily(() => import("./share-dialog").then((file) => file.ShareDialog));

interface SharePartProps {
  /** The id of the tree or task. */
  of: string;
  links: readonly SharedProof[];
  markdown: string;
  mayShare: boolean;
}

/** The links to proofs of the tree, with what ends them and makes another. */
export function SharePart({ of, links, markdown, mayShare }: SharePartProps) {
  const { pending, outcome, run } = useAction();
  return (
    <Part title="Share by link">
      <p className="mb-3 text-ink-2">
        A link shows the proof as it is now to whoever has it, without a sign-in, until it ends.
      </p>
      <ul>
        {links.map((link) => (
          <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line py-2" key={link.id}>
            <span className="min-w-0 flex-1 basis-60 wrap-anywhere">
              {link.shared_by} on {utc(link.shared_at)}, <span className="text-ink-2">{stateOf(link)}</span>
            </span>
            {link.is_open && mayShare ? (
              <Button
                disabled={pending}
                onClick={() => run(() => operate("endSharedProof", { id: link.id }), refreshPage)}
              >
                End link
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      <OutcomeLine outcome={outcome} />
      {mayShare ? (
        <ShareButton of={of} markdown={markdown} className="mt-2">
          Share by link…
        </ShareButton>
      ) : null}
    </Part>
  );
}

interface ShareButtonProps extends Pick<SharePartProps, "of" | "markdown"> {
  className?: string;
  children: string;
}

/** Opens the form that makes a link. */
export function ShareButton({ of, markdown, className, children }: ShareButtonProps) {
  const [isSharing, setSharing] = useState(false);
  return (
    <>
      <Button className={className} look="primary" onClick={() => setSharing(true)}>
        {children}
      </Button>
      {isSharing ? <ShareDialog of={of} markdown={markdown} onClosed={() => setSharing(false)} /> : null}
    </>
  );
}

function stateOf({ is_open: isOpen, ended_at: endedAt, ended_by: by, expires_at: until }: SharedProof): string {
  if (isOpen) return `works until ${utc(until)}`;
  return endedAt === null ? `ended on ${utc(until)}` : `ended by ${by ?? "somebody"} on ${utc(endedAt)}`;
}

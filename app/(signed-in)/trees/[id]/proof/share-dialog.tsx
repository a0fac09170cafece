"use client";

import { type FormEvent, useState } from "react";
import { withLink } from "@/components/proof/proof-buttons";
import { refreshPage } from "@/components/refresh/refresh-page";
import { CopyButton } from "@/components/text/copy-button";
import { FIELD } from "@/components/ui/field-look";
import { FormActs } from "@/components/ui/form-acts";
import { Hint } from "@/components/ui/hint";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { PROOF_DAYS } from "@/core/shapes/proof";
import { shareProof } from "./share-proof";

const DAYS = [1, 7, PROOF_DAYS];
/** Names by which a browser reaches a server on its own machine. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|.*\.localhost)$/;

interface ShareDialogProps {
  of: string;
  markdown: string;
  onClosed: () => void;
}

/** Makes a link, and shows it once: only its hash is stored. */
export function ShareDialog({ of, markdown, onClosed }: ShareDialogProps) {
  const [days, setDays] = useState(7);
  const [link, setLink] = useState<string | null>(null);
  const { pending, outcome, run } = useAction();
  const isLocal = LOOPBACK.test(window.location.hostname);

  async function share(): Promise<Outcome> {
    const shared = await shareProof(of, days);
    if (!shared.ok) return shared;
    setLink(window.location.origin + shared.path);
    refreshPage();
    return shared;
  }
  function send(event: FormEvent): void {
    event.preventDefault();
    run(share);
  }

  return (
    <Modal title="Share the proof by link" onClosed={onClosed}>
      {(dismiss) =>
        link === null ? (
          <form onSubmit={send}>
            <p className="mt-2 text-ink-2">
              Whoever has the link can read the proof as it is now, without a sign-in: what was asked, commands with
              their output, names of files and people, and the cost. Read it before you share it.
            </p>
            <label className={`${FIELD} mt-3`}>
              <span>The link ends after</span>
              <select value={days} onChange={(event) => setDays(Number(event.target.value))} data-first-focus>
                {DAYS.map((number) => (
                  <option key={number} value={number}>
                    {number === 1 ? "1 day" : `${number} days`}
                  </option>
                ))}
              </select>
            </label>
            {isLocal ? <Hint>{LOCAL}</Hint> : null}
            <OutcomeLine outcome={outcome} />
            <FormActs close={dismiss} disabled={pending} isApart>
              Make link
            </FormActs>
          </form>
        ) : (
          <>
            <OutcomeLine outcome={outcome} />
            <p className="mt-2 font-mono text-mono wrap-anywhere" data-testid="proof-link">
              {link}
            </p>
            <Hint>Copy it now: it is not shown again. {isLocal ? LOCAL : ""}</Hint>
            <div className="mt-3 flex flex-wrap items-center gap-2">
              <CopyButton text={link}>Copy link</CopyButton>
              <CopyButton text={withLink(markdown, link)}>Copy for a pull request</CopyButton>
            </div>
            {/* Apart, because the buttons above change their width when they lose the focus, and a press would miss. */}
            <div className="mt-3 flex justify-end">
              <Button onClick={dismiss}>Close</Button>
            </div>
          </>
        )
      }
    </Modal>
  );
}

const LOCAL = "Banyan is open on this machine only, so the link works only here.";

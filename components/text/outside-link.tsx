"use client";

import { type ReactNode, useState } from "react";
import { Modal } from "@/components/ui/modal";

/** A link that a model or a tool wrote: where it leads is shown, in full, before anything is opened. */
export function OutsideLink({ href, children }: { href: string; children: ReactNode }) {
  const [isAsking, setAsking] = useState(false);
  const address = plainAddress(href);
  return (
    <>
      <a
        href={address}
        target="_blank"
        rel="noreferrer noopener nofollow"
        className="link"
        title={address}
        onClick={(event) => {
          event.preventDefault();
          setAsking(true);
        }}
        onAuxClick={(event) => event.preventDefault()}
      >
        {children}
      </a>
      {isAsking ? (
        <Modal title="Open a page outside Banyan?" onClosed={() => setAsking(false)}>
          {(dismiss) => (
            <>
              <p className="dim mt-2">
                An agent, or what it has read, wrote this link. The address itself may carry what the task knows.
              </p>
              <p className="mono wrapany mt-2 max-h-40 overflow-auto">{address}</p>
              <div className="acts mt-4 justify-end">
                <button type="button" className="btn" onClick={dismiss}>
                  Stay here
                </button>
                <a
                  className="btn primary"
                  href={address}
                  target="_blank"
                  rel="noreferrer noopener nofollow"
                  onClick={dismiss}
                >
                  Open it in a new tab
                </a>
              </div>
            </>
          )}
        </Modal>
      ) : null}
    </>
  );
}

/** As the browser would open it: names in other scripts are shown as what they are. */
function plainAddress(href: string): string {
  try {
    return new URL(href).href;
  } catch {
    return href;
  }
}

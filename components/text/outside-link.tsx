"use client";

import { type ReactNode, useState } from "react";
import { buttonLook } from "@/components/ui/button-look";
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
              <p className="mt-2 text-ink-2">
                An agent, or what it has read, wrote this link. The address itself may carry what the task knows.
              </p>
              <p className="font-mono text-mono mt-2 max-h-40 overflow-auto wrap-anywhere">{address}</p>
              <div className="flex flex-wrap items-center gap-2 mt-4 justify-end">
                <button type="button" className={buttonLook()} onClick={dismiss}>
                  Stay here
                </button>
                <a
                  className={buttonLook("primary")}
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

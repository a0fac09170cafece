"use client";

import { type ReactNode, useState } from "react";
import { buttonLook } from "@/components/ui/button-look";
import { Modal } from "@/components/ui/modal";

/** Link that a model or a tool wrote. A dialog shows the full URL before anything opens. */
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
                An agent, or a text that it read, wrote this link. The address itself may leak data from the task.
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
                  Open in new tab
                </a>
              </div>
            </>
          )}
        </Modal>
      ) : null}
    </>
  );
}

/** Returns the URL as the browser opens it. A host name in another script shows as Punycode, so it cannot deceive. */
function plainAddress(href: string): string {
  try {
    return new URL(href).href;
  } catch {
    return href;
  }
}

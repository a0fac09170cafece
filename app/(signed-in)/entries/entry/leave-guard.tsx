"use client";

import { useEffect, useState } from "react";
import { useGo } from "@/components/going/use-go";
import { Modal } from "@/components/ui/modal";
import { Button } from "@/components/ui/parts";

/** Warns people who leave the page with unsaved changes. */
export function LeaveGuard({ isDirty, discard }: { isDirty: boolean; discard: () => void }) {
  const go = useGo();
  const [to, setTo] = useState<string | null>(null);
  useEffect(() => {
    if (!isDirty) return;
    const onClick = (event: MouseEvent) => {
      const target = event.target instanceof Element ? event.target.closest("a") : null;
      if (!target || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey) return;
      const url = new URL(target.href, location.href);
      // Links to other versions of the same entry do not leave the page.
      if (target.target || target.download || url.origin !== location.origin || url.pathname === location.pathname)
        return;
      event.preventDefault();
      event.stopPropagation();
      setTo(url.pathname + url.search + url.hash);
    };
    document.addEventListener("click", onClick, true);
    return () => document.removeEventListener("click", onClick, true);
  }, [isDirty]);
  if (to === null) return null;
  return (
    <Modal title="Unsaved changes" onClosed={() => setTo(null)}>
      {(dismiss) => (
        <>
          <p className="mt-2">Tasks do not use unsaved changes. This browser keeps the draft until you come back.</p>
          <div className="flex flex-wrap items-center gap-2 mt-4 justify-end">
            <Button
              look="danger"
              onClick={() => {
                discard();
                go.push(to);
              }}
            >
              Discard and leave
            </Button>
            <Button onClick={() => go.push(to)}>Leave and keep the draft</Button>
            <Button look="primary" onClick={dismiss}>
              Stay
            </Button>
          </div>
        </>
      )}
    </Modal>
  );
}

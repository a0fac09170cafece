"use client";

import { useState } from "react";
import { WIDE_DIALOG } from "@/components/ui/dialog-look";
import { lazily } from "@/components/ui/page/lazily";
import { Skeleton } from "@/components/ui/page/skeleton";
import { Button } from "@/components/ui/parts";
import { KeysSwitch } from "./keys-switch";
import { KEYS_DIALOG } from "./show-keys";

/** Loaded when the dialog is opened for the first time: in every page, it would be a seventh of the server's work for an empty Home. */
const KeyList = lazily(() => import("./key-list").then((file) => file.KeyList), { meanwhile: WaitingList });

/** List of all keys, opened by "?" and from the account menu. WCAG 2.1.4 asks for a way to switch single keys off. */
export function KeysDialog() {
  const [wasOpened, setOpened] = useState(false);
  return (
    // Whoever opens it moves the focus into it.
    <dialog id={KEYS_DIALOG} className={WIDE_DIALOG} aria-labelledby="keys-title" onFocus={() => setOpened(true)}>
      {/* Focused first, or a phone would start at the end, where the first control is. */}
      <h2 id="keys-title" className="focus:outline-none" tabIndex={-1} data-first-focus>
        Keyboard shortcuts
      </h2>
      <div className="mt-3">{wasOpened ? <KeyList /> : null}</div>
      <form method="dialog" className="mt-4 flex items-center gap-2">
        <KeysSwitch />
        <Button type="submit">Close</Button>
      </form>
    </dialog>
  );
}

function WaitingList() {
  return (
    <Skeleton role="status" aria-label="Loading the shortcuts">
      <i className="w-1/2" />
      <i className="w-2/3" />
      <i className="w-1/3" />
    </Skeleton>
  );
}

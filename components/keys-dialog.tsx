"use client";

import { useSyncExternalStore } from "react";
import { KeyLabel } from "@/components/ui/key-label";
import { WIDE_DIALOG } from "@/components/ui/modal";
import { Button } from "@/components/ui/parts";
import { KEYS } from "./keys";
import { areKeysOn, onKeysSetting, setKeysOn } from "./ui/hooks/single-keys";

const DIALOG_ID = "keys";

export function showKeys(): void {
  const dialog = document.querySelector<HTMLDialogElement>(`#${DIALOG_ID}`);
  if (dialog && !dialog.open) dialog.showModal();
}

/** List of all keys, opened by "?" and from the account menu. WCAG 2.1.4 asks for a way to switch single keys off. */
export function KeysDialog() {
  const on = useSyncExternalStore(onKeysSetting, areKeysOn, () => true);
  return (
    <dialog id={DIALOG_ID} className={WIDE_DIALOG} aria-labelledby="keys-title">
      <h2 id="keys-title">Keyboard shortcuts</h2>
      <div className="mt-3 columns-2 gap-x-8 phone:columns-1">
        {KEYS.map(({ place, keys }) => (
          <section className="break-inside-avoid pb-4" key={place} aria-label={place}>
            <h3>{place}</h3>
            <dl>
              {keys.map(([key, word]) => (
                <div className="flex gap-2 py-0.5" key={key}>
                  <dt className="w-18 flex-none space-x-1">
                    {key.split(" ").map((one) => (
                      <kbd className="phone:inline-block!" key={one}>
                        <KeyLabel keys={one} />
                      </kbd>
                    ))}
                  </dt>
                  <dd className="text-ink-2">{word}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <form method="dialog" className="mt-4 flex items-center gap-2">
        <label className="flex min-w-0 flex-auto items-center gap-2">
          <input type="checkbox" checked={on} onChange={(event) => setKeysOn(event.target.checked)} />
          Use single-key shortcuts outside text fields
        </label>
        <Button type="submit">Close</Button>
      </form>
    </dialog>
  );
}

"use client";

import { useSyncExternalStore } from "react";
import { Button } from "@/components/ui/parts";
import { areKeysOn, onKeysSetting, setKeysOn } from "@/components/ui/single-keys";
import { KEYS } from "./keys";

const DIALOG_ID = "keys";

export function showKeys(): void {
  const dialog = document.querySelector<HTMLDialogElement>(`#${DIALOG_ID}`);
  if (dialog && !dialog.open) dialog.showModal();
}

/** Opened by "?" and from the menu. Single keys can be switched off, for people whose software types for them (WCAG 2.1.4). */
export function KeysDialog() {
  const on = useSyncExternalStore(onKeysSetting, areKeysOn, () => true);
  return (
    <dialog id={DIALOG_ID} className="wide" aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <div className="allkeys">
        {KEYS.map(({ place, keys }) => (
          <section key={place} aria-label={place}>
            <h3>{place}</h3>
            <dl>
              {keys.map(([key, word]) => (
                <div key={key}>
                  <dt>
                    {key.split(" ").map((one) => (
                      <kbd key={one}>{one}</kbd>
                    ))}
                  </dt>
                  <dd>{word}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <form method="dialog" className="flex mt-4">
        <label className="flex grow">
          <input type="checkbox" checked={on} onChange={(event) => setKeysOn(event.target.checked)} />
          Single keys act when no field has the focus
        </label>
        <Button type="submit">Close</Button>
      </form>
    </dialog>
  );
}

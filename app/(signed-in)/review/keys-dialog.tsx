"use client";

import { useSyncExternalStore } from "react";
import { Button } from "@/components/ui/parts";
import { areKeysOn, onKeysSetting, setKeysOn } from "@/components/ui/single-keys";

const KEYS: [string, string][] = [
  ["j k ↑ ↓", "next item, item before"],
  ["↵", "open"],
  ["space", "peek"],
  ["x", "select"],
  ["a", "approve, or go to the answer"],
  ["r", "reject, with a reason"],
  ["e", "edit, then approve"],
  ["c", "comment"],
  ["q", "ask the task"],
  ["1 … 9", "choose an offered answer"],
  ["⇧A", "approve the selected"],
  ["z", "undo what is not sent yet"],
  ["n", "show the new items"],
  ["Esc", "back"],
];

/** Opened by "?". Single keys can be switched off, for people whose software types for them. */
export function KeysDialog() {
  const on = useSyncExternalStore(onKeysSetting, areKeysOn, () => true);
  return (
    <dialog id="keys" aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <dl className="facts mt-2">
        {KEYS.map(([key, word]) => (
          <div key={key} className="contents">
            <dt>{word}</dt>
            <dd>
              <kbd>{key}</kbd>
            </dd>
          </div>
        ))}
      </dl>
      <label className="flex mt-3">
        <input type="checkbox" checked={on} onChange={(event) => setKeysOn(event.target.checked)} />
        Single letters act when no field has the focus
      </label>
      <form method="dialog" className="acts mt-4 justify-end">
        <Button type="submit">Close</Button>
      </form>
    </dialog>
  );
}

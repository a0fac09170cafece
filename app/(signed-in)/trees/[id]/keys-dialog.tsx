"use client";

import { useSyncExternalStore } from "react";
import { Button } from "@/components/ui/parts";
import { areKeysOn, onKeysSetting, setKeysOn } from "@/components/ui/single-keys";

const KEYS: [string, string][] = [
  ["j", "next task"],
  ["k", "previous task"],
  ["← →", "fold, unfold"],
  ["↵", "open the task"],
  ["Esc", "back to the outline"],
  ["n", "next problem"],
  ["/", "find"],
  ["s", "message the task"],
  ["a", "answer its question, or go to its approval"],
  ["p", "pause or resume"],
  [".", "step: first shows what it would do next"],
  ["m", "change agent, model or priority"],
  ["f", "fork from the entry under pointer or focus"],
  ["r", "retry"],
  ["x", "stop, asks first"],
  ["G", "end of the log"],
  ["+ − 0", "graph and timeline: larger, smaller, all of it"],
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

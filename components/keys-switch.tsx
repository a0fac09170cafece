"use client";

import { useSyncExternalStore } from "react";
import { areKeysOn, onKeysSetting, setKeysOn } from "./ui/hooks/single-keys";

/** Switches single-key shortcuts on and off. */
export function KeysSwitch() {
  const on = useSyncExternalStore(onKeysSetting, areKeysOn, () => true);
  return (
    <label className="flex min-w-0 flex-auto items-center gap-2">
      <input type="checkbox" checked={on} onChange={(event) => setKeysOn(event.target.checked)} />
      Use single-key shortcuts outside text fields
    </label>
  );
}

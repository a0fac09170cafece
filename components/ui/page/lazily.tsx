"use client";

import { type ComponentProps, type ComponentType, lazy, memo, Suspense, useEffect, useMemo, useState } from "react";
import { useMustSee } from "../must-see";
import { Say } from "../parts";

interface Places<Props> {
  /** Takes the place of the part while its code loads, unless the server has rendered it. */
  meanwhile?: ComponentType<Props>;
  /** Takes its place when the code cannot be loaded, as after an update of the server, so that the rest of the page stays. */
  otherwise?: ComponentType<Props>;
}

/**
 * Returns a component whose code loads when it is first shown. The server renders it at once. Until it has come alive, it
 * keeps its first properties: React would throw the server's HTML away for changed ones, with what a person has typed
 * into it.
 */
export function lazily<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  { meanwhile: Meanwhile = Nothing, otherwise = NotLoaded }: Places<NoInfer<Props>> = {},
) {
  const Part = lazy(async (): Promise<{ default: ComponentType<Props> }> => {
    try {
      return { default: await load() };
    } catch {
      return { default: otherwise };
    }
  });
  return memo(function Later(props: Props) {
    const [first] = useState(props);
    const [isAlive, setAlive] = useState(false);
    useMustSee("loading", isAlive);
    const shown = isAlive ? props : first;
    // The same element each time, because a new one would be a change, too.
    return useMemo(
      () => (
        <Suspense fallback={<Meanwhile {...shown} />}>
          <Part {...(shown as ComponentProps<typeof Part>)} />
          <ComesAlive tell={setAlive} />
        </Suspense>
      ),
      [shown],
    );
  });
}

/** Its effect runs when the parts beside it have been rendered or hydrated. */
function ComesAlive({ tell }: { tell: (isAlive: true) => void }) {
  useEffect(() => tell(true), [tell]);
  return null;
}

function Nothing() {
  return null;
}

function NotLoaded() {
  return (
    <Say look="bad" role="alert">
      This part could not be loaded.{" "}
      <button type="button" className="link" onClick={() => window.location.reload()}>
        Reload the page
      </button>
      ; what you typed is kept.
    </Say>
  );
}

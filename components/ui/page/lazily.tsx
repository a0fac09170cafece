"use client";

import { type ComponentProps, type ComponentType, lazy, memo, Suspense } from "react";
import { Say } from "../parts";

interface Places<Props> {
  /** Takes the place of the part while its code loads, unless the server has rendered it. */
  meanwhile?: ComponentType<Props>;
  /** Takes its place when the code cannot be loaded, as after an update of the server, so that the rest of the page stays. */
  otherwise?: ComponentType<Props>;
}

/**
 * Returns a component whose code loads when it is first shown. The server renders it at once.
 * Until its code is there, changed properties would make React throw the server's HTML away, with what a person has typed into
 * it. So pass properties that stay the same, and nothing made anew at each rendering, unless it opens by a press.
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
    return (
      <Suspense fallback={<Meanwhile {...props} />}>
        <Part {...(props as ComponentProps<typeof Part>)} />
      </Suspense>
    );
  });
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

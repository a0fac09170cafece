"use client";

import { type ComponentType, lazy } from "react";
import { Say } from "../parts";

/**
 * Returns a component whose code loads when it is first shown. The server renders it at once. `Otherwise` takes its place when
 * the code cannot be loaded, as after an update of the server, so that the rest of the page stays.
 */
export function lazily<Props>(
  load: () => Promise<ComponentType<Props>>,
  Otherwise: ComponentType<NoInfer<Props>> = NotLoaded,
) {
  return lazy(async () => {
    try {
      return { default: await load() };
    } catch {
      return { default: Otherwise };
    }
  });
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

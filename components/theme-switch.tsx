"use client";

import { useState } from "react";
import { Segments } from "@/components/ui/segments";

const THEMES = { system: "System", light: "Light", dark: "Dark" };
export type Theme = keyof typeof THEMES;

/** Shows the page in the theme, and keeps it for later pages. */
export function applyTheme(next: Theme, keep: (theme: Theme) => Promise<void>): void {
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  void keep(next).catch(() => {});
}

function currentTheme(): Theme {
  const chosen = typeof document === "undefined" ? undefined : document.documentElement.dataset.theme;
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

/** Switch between light, dark and the system's theme. A cookie lets the server render the right theme. */
export function ThemeSwitch({ keep }: { keep: (theme: Theme) => Promise<void> }) {
  const [theme, setTheme] = useState(currentTheme);
  function choose(next: Theme): void {
    setTheme(next);
    applyTheme(next, keep);
  }
  return (
    <Segments isWide>
      <legend className="sr-only">Theme</legend>
      {(Object.keys(THEMES) as Theme[]).map((one) => (
        <button key={one} type="button" aria-pressed={one === theme} onClick={() => choose(one)}>
          {THEMES[one]}
        </button>
      ))}
    </Segments>
  );
}

"use client";

export type Theme = "system" | "light" | "dark";

function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

/** Light, dark, or as the system has it. The server keeps it in a cookie, so that its first markup is right already. */
export function ThemeSwitch({ keep }: { keep: (theme: Theme) => Promise<void> }) {
  function choose(): void {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const now = currentTheme() === "system" ? system : currentTheme();
    const next: Theme = now === "dark" ? "light" : "dark";
    const theme = next === system ? "system" : next;
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    void keep(theme).catch(() => {});
  }
  return (
    <button type="button" className="link" onClick={choose}>
      Light / dark
    </button>
  );
}

"use client";

type Theme = "system" | "light" | "dark";

function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

/** Light, dark, or as the system has it. Kept in a cookie, so that the server's first markup is right already. */
export function ThemeSwitch() {
  function choose(): void {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const now = currentTheme() === "system" ? system : currentTheme();
    const next: Theme = now === "dark" ? "light" : "dark";
    const theme = next === system ? "system" : next;
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    // biome-ignore lint/suspicious/noDocumentCookie: the cookie store API is missing in some browsers.
    document.cookie = `banyan_theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  }
  return (
    <button type="button" className="link" onClick={choose}>
      Light / dark
    </button>
  );
}

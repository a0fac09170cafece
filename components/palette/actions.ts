"use client";

import type { Role } from "@/core/rules/roles";
import { focusOr } from "../global-keys";
import {
  ENTRIES,
  MEMORY_PAGES,
  OPERATIONS_PAGES,
  REVIEW_PAGES,
  SETTINGS_PAGES,
  TOOL_PAGES,
} from "../navigation-entries";
import { showKeys } from "../show-keys";
import type { Theme } from "../theme-switch";
import { applyTheme } from "../theme-switch";
import type { Choice } from "./choices";

export interface PaletteSettings {
  role: Role;
  keepTheme: (theme: Theme) => Promise<void>;
}

const PAGE_KEYS: Record<string, string> = {
  "/": "g h",
  "/review": "g r",
  "/trees": "g t",
  "/operations": "g o",
  "/memory": "g m",
};

/** Returns the pages that a person with this role can use. */
export function pageChoices(isAdmin: boolean): Choice[] {
  const main = ENTRIES.flat().map(
    ({ href, word, icon }): Choice => ({
      id: `page ${href}`,
      label: word,
      icon,
      hint: PAGE_KEYS[href],
      words: ["go to", "page"],
      go: { to: href },
    }),
  );
  const below = (parent: string, icon: Choice["icon"], pages: typeof SETTINGS_PAGES) =>
    pages
      .filter(({ forAdmins }) => isAdmin || !forAdmins)
      .map(
        ({ href, word }): Choice => ({ id: `page below ${href}`, label: `${parent}: ${word}`, icon, go: { to: href } }),
      );
  return [
    ...main,
    ...below("Tools", "tool", TOOL_PAGES.slice(1)),
    ...below("Memory", "memory", MEMORY_PAGES.slice(1)),
    ...below("Review", "inbox", REVIEW_PAGES),
    ...below("Operations", "pulse", OPERATIONS_PAGES),
    ...below("Settings", "gear", SETTINGS_PAGES),
  ];
}

interface ActionSources extends PaletteSettings {
  mayRun: boolean;
  mayDecide: boolean;
  openReviews: number;
  push: (to: string) => void;
}

/** Returns the actions that every page offers, as far as the role may take them. */
export function actionChoices({ role, mayRun, mayDecide, openReviews, push, keepTheme }: ActionSources): Choice[] {
  const always: Choice[] = [
    { id: "compare", label: "Compare two trees", icon: "change", words: ["difference"], go: { to: "/trees?compare" } },
    theme("dark", keepTheme),
    theme("light", keepTheme),
    theme("system", keepTheme),
    { id: "keys", label: "Keyboard shortcuts", icon: "keys", hint: "?", words: ["help"], go: { act: showKeys } },
    { id: "sign out", label: "Sign out", icon: "user", words: ["log out", role], go: { act: signOut } },
  ];
  const run: Choice[] = [
    {
      id: "new",
      label: "New task",
      icon: "plus",
      hint: "c",
      words: ["submit", "start", "tree"],
      go: { act: () => focusOr("#new textarea", () => push("/#new")) },
    },
    {
      id: "pause everything",
      label: "Pause everything",
      detail: "asks first",
      icon: "power",
      words: ["stop all", "kill switch", "halt"],
      go: { to: "/operations" },
    },
  ];
  const decide: Choice[] = [
    {
      id: "next",
      label: "Approve next",
      icon: "approval",
      words: ["review", "decide", "answer"],
      detail: openReviews === 1 ? "1 item waits" : `${openReviews} items wait`,
      go: { to: "/review" },
    },
  ];
  return [
    ...(mayRun ? run.slice(0, 1) : []),
    ...(mayDecide && openReviews > 0 ? decide : []),
    ...(mayRun ? run.slice(1) : []),
    ...always,
  ];
}

function theme(to: "dark" | "light" | "system", keep: PaletteSettings["keepTheme"]): Choice {
  const label = to === "system" ? "Follow the system’s theme" : `Switch to the ${to} theme`;
  return {
    id: `theme ${to}`,
    label,
    icon: "theme",
    words: ["theme", "mode", "appearance"],
    go: { act: () => applyTheme(to, keep) },
  };
}

function signOut(): void {
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/signout";
  document.body.append(form);
  form.submit();
}

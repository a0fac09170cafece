import type { ReactNode } from "react";
import { enter } from "@/app/enter";
import { SettingsNavigation } from "./settings-navigation";

/** The frame of all settings: a page below it renders its sections only. */
export default async function SettingsLayout({ children }: { children: ReactNode }) {
  await enter();
  return (
    <main className="main" id="main">
      <header className="bar">
        <h1>Settings</h1>
      </header>
      <SettingsNavigation />
      <div className="page settings">{children}</div>
    </main>
  );
}

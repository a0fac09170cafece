import type { ReactNode } from "react";
import { enter } from "@/app/enter";
import { Page, PageBar, PageBody } from "@/components/ui/page/page";
import { SettingsNavigation } from "./settings-navigation";

/** The title and tabs of all settings pages. */
export default async function SettingsLayout({ children }: { children: ReactNode }) {
  await enter();
  return (
    <Page>
      <PageBar>
        <h1>Settings</h1>
      </PageBar>
      <SettingsNavigation />
      <PageBody className="max-w-page">{children}</PageBody>
    </Page>
  );
}

import { SETTINGS_PAGES } from "@/components/navigation-entries";
import { PageTabs } from "@/components/ui/page/page-tabs";

export function SettingsNavigation() {
  return <PageTabs label="Settings" pages={SETTINGS_PAGES} />;
}

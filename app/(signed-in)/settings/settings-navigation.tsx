import { PageTabs } from "@/components/ui/page/page-tabs";

const PAGES = [
  { href: "/settings", word: "General" },
  { href: "/settings/keys", word: "Provider keys" },
  { href: "/settings/secrets", word: "Secrets" },
  { href: "/settings/policy", word: "Policy" },
  { href: "/settings/notifications", word: "Notifications" },
  { href: "/settings/users", word: "Users" },
  { href: "/settings/tokens", word: "Tokens" },
];

export function SettingsNavigation() {
  return <PageTabs label="Settings" pages={PAGES} />;
}

import type { IconName } from "./ui/icon";

export interface Entry {
  href: string;
  word: string;
  icon: IconName;
}

const PLACES: Entry[] = [
  { href: "/", word: "Home", icon: "home" },
  { href: "/review", word: "Review", icon: "inbox" },
  { href: "/trees", word: "Trees", icon: "tree" },
];
const CONFIGURATION: Entry[] = [
  { href: "/agents", word: "Agents", icon: "agent" },
  { href: "/documents", word: "Documents", icon: "doc" },
  { href: "/tools", word: "Tools", icon: "tool" },
  { href: "/runbooks", word: "Runbooks", icon: "book" },
  { href: "/memory", word: "Memory", icon: "memory" },
];
const OPERATIONS: Entry = { href: "/operations", word: "Operations", icon: "pulse" };
const SETTINGS: Entry = { href: "/settings", word: "Settings", icon: "gear" };

interface DeeperPage {
  href: string;
  word: string;
  forAdmins: boolean;
}

/** The tabs below Tools, Memory, Review, Operations and Settings. */
export const TOOL_PAGES: DeeperPage[] = [
  { href: "/tools", word: "Tools", forAdmins: false },
  { href: "/tools/capabilities", word: "Capabilities", forAdmins: false },
];
export const MEMORY_PAGES: DeeperPage[] = [
  { href: "/memory", word: "Does it help?", forAdmins: false },
  { href: "/memory/lessons", word: "Lessons", forAdmins: false },
  { href: "/memory/candidates", word: "Candidates", forAdmins: false },
  { href: "/memory/graph", word: "Graph", forAdmins: false },
  { href: "/memory/failures", word: "Failures", forAdmins: false },
];
export const REVIEW_PAGES: DeeperPage[] = [
  { href: "/review/decided", word: "Decided", forAdmins: false },
  { href: "/review/rules", word: "Rules", forAdmins: false },
];
export const OPERATIONS_PAGES: DeeperPage[] = [
  { href: "/operations", word: "Overview", forAdmins: false },
  { href: "/operations/kpis", word: "KPIs", forAdmins: false },
  { href: "/operations/runners", word: "Runners", forAdmins: false },
  { href: "/operations/limits", word: "Limits", forAdmins: false },
  { href: "/operations/interventions", word: "Interventions", forAdmins: false },
  { href: "/operations/improvement", word: "Improvement", forAdmins: false },
  { href: "/operations/gates", word: "Gate runs", forAdmins: false },
  { href: "/operations/space", word: "Space", forAdmins: true },
  { href: "/operations/audit", word: "Audit log", forAdmins: true },
  { href: "/operations/backups", word: "Backups", forAdmins: true },
];
export const SETTINGS_PAGES: DeeperPage[] = [
  { href: "/settings", word: "General", forAdmins: false },
  { href: "/settings/keys", word: "Provider keys", forAdmins: true },
  { href: "/settings/secrets", word: "Secrets", forAdmins: true },
  { href: "/settings/policy", word: "Policy", forAdmins: false },
  { href: "/settings/notifications", word: "Notifications", forAdmins: false },
  { href: "/settings/users", word: "Users", forAdmins: true },
  { href: "/settings/tokens", word: "Tokens", forAdmins: true },
];

/** All pages, in the groups of the sidebar. */
export const ENTRIES: Entry[][] = [
  [
    ...PLACES.slice(0, 2),
    { href: "/projects", word: "Projects", icon: "folder" },
    ...PLACES.slice(2),
    { href: "/schedules", word: "Schedules", icon: "schedule" },
  ],
  CONFIGURATION,
  [OPERATIONS, SETTINGS],
];
/** The tabs of a phone. The other pages are under More. */
export const TAB_ENTRIES: Entry[] = [...PLACES, OPERATIONS];
export const MORE_ENTRIES: Entry[] = ENTRIES.flat().filter((entry) => !TAB_ENTRIES.includes(entry));

export function isCurrent({ href }: Entry, path: string): boolean {
  return href === "/" ? path === "/" : path === href || path.startsWith(`${href}/`);
}

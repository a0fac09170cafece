/** The tabs of the tools' pages. */
export const TOOL_PAGES = [
  { href: "/tools", word: "Tools" },
  { href: "/tools/capabilities", word: "Capabilities" },
] as const;

/** `npm run icons`: writes the shapes of the icons that the pages use, taken from lucide. Lucide's own components are twice as large. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Icons by meaning, with lucide's names. */
const ICONS = {
  // Status of a task or a tree. Each has its own shape, so that colour is never the only mark.
  ready: "circle-dashed",
  running: "loader-circle",
  you: "diamond",
  waiting: "circle-ellipsis",
  parked: "clock",
  paused: "circle-pause",
  succeeded: "circle-check",
  failed: "octagon-x",
  stopped: "circle-stop",

  // Pages
  home: "house",
  inbox: "inbox",
  tree: "network",
  schedule: "calendar-clock",
  agent: "bot",
  doc: "file-text",
  tool: "wrench",
  book: "book-open",
  memory: "lightbulb",
  pulse: "activity",
  gear: "settings",

  // Actions
  pause: "pause",
  step: "step-forward",
  stop: "square",
  fork: "git-fork",
  retry: "rotate-cw",
  power: "power",
  download: "download",
  share: "share",
  search: "search",
  filter: "list-filter",
  keys: "keyboard",
  theme: "sun-moon",
  plus: "plus",
  x: "x",

  // Kinds of things
  info: "info",
  tri: "triangle-exclamation-point",
  flag: "flag",
  question: "message-circle-question-mark",
  approval: "shield-check",
  proposal: "file-plus",
  comment: "message-square",
  change: "git-branch",
  judged: "scale",
  user: "user",
  folder: "folder",
  globe: "globe",
  pin: "bookmark",
  approach: "corner-up-right",
  fast: "gauge",

  // Views and layout
  list: "list-tree",
  graph: "workflow",
  time: "chart-gantt",
  left: "chevron-left",
  up: "chevron-up",
  down: "chevron-down",
  chev: "chevron-right",
  more: "ellipsis",
};

/** The text of a path, or another element with its attributes. */
type Shape = string | [string, Record<string, string>];

export async function glyphsOf(): Promise<Record<string, Shape[]>> {
  const glyphs: Record<string, Shape[]> = {};
  for (const [name, drawn] of Object.entries(ICONS)) {
    const { __iconData: icon }: { __iconData: { node: [string, Record<string, string>][] } } = await import(
      `lucide-react/icons/${drawn}`
    );
    glyphs[name] = icon.node.map(([element, { key: _, ...attributes }]) =>
      element === "path" && attributes.d ? attributes.d : [element, attributes],
    );
  }
  return glyphs;
}

export async function main(): Promise<void> {
  const rows = Object.entries(await glyphsOf()).map(([name, shapes]) => `  ${name}: ${JSON.stringify(shapes)},`);
  const text = `/**
 * The shapes of all icons, in a grid of 24 px. Written by \`npm run icons\`; to add an icon, add it in \`scripts/generators/icons.ts\`.
 * From lucide (https://lucide.dev), ISC License, Copyright (c) Lucide Icons and Contributors.
 */
/** The text of a path, or another element with its attributes. */
export type Shape = string | [string, Record<string, string>];

export const GLYPHS = {
${rows.join("\n")}
} satisfies Record<string, Shape[]>;
`;
  writeFileSync(join(process.cwd(), "components/ui/glyphs/glyphs.ts"), text);
}

/** `npm run icons`: writes the shapes of the icons that the pages use, taken from lucide. Lucide's own components are twice as large. */
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** One file with all icons; the package of lucide's components has five thousand files. */
const lucide: { icons: Record<string, { body: string }> } = createRequire(import.meta.url)(
  "@iconify-json/lucide/icons.json",
);

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
  tri: "triangle-alert",
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

/** What the pages' style says of all icons. */
const DRAWN = new Set(["fill", "stroke", "stroke-linecap", "stroke-linejoin", "stroke-width"]);

export function glyphsOf(): Record<string, Shape[]> {
  return Object.fromEntries(Object.entries(ICONS).map(([meaning, name]) => [meaning, shapesOf(name)]));
}

function shapesOf(name: string): Shape[] {
  const body = lucide.icons[name]?.body;
  if (body === undefined) throw new Error(`Lucide has no icon ${name}.`);
  // A flat list of empty elements, perhaps within one group that repeats the style.
  return [...body.matchAll(/<(\w+) ([^<>]*)\/>/g)].map(([, element = "", text = ""]) => {
    const attributes = Object.fromEntries(
      [...text.matchAll(/([\w-]+)="([^"]*)"/g)].flatMap(([, key = "", value = ""]) =>
        DRAWN.has(key) ? [] : [[key, value]],
      ),
    );
    return element === "path" && attributes.d ? attributes.d : [element, attributes];
  });
}

export function main(): void {
  const rows = Object.entries(glyphsOf()).map(([name, shapes]) => `  ${name}: ${JSON.stringify(shapes)},`);
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

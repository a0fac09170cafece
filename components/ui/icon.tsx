/** The pages' glyphs: 16 by 16, drawn with lines of one width. Each state has its own outline, so colour never speaks alone. */
import type { ReactNode } from "react";

const PATHS = {
  banyan: (
    <>
      <path d="M8 14.5V8M8 8C5.5 8 2.5 7.5 2.5 5S5 1.5 8 1.5 13.5 2.5 13.5 5 10.5 8 8 8M4.5 7.5v7M11.5 7.5v7" />
    </>
  ),
  tool: (
    <>
      <path d="M10 2.5a3.5 3.5 0 0 0-3.3 4.8L2.5 11.5l2 2 4.2-4.2A3.5 3.5 0 0 0 13.4 5L11 7 9 5l2-2.4A3 3 0 0 0 10 2.5Z" />
    </>
  ),
  gear: (
    <>
      <circle cx="8" cy="8" r="2.2" />
      <path d="M8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6 5 5M11 11l1.4 1.4M12.4 3.6 11 5M5 11l-1.4 1.4" />
    </>
  ),
  tree: (
    <>
      <path d="M8 14V8M8 8 3.5 5.5M8 8l4.5-2.5M8 8V4" />
      <circle cx="3.5" cy="4" r="1.5" />
      <circle cx="12.5" cy="4" r="1.5" />
      <circle cx="8" cy="2.5" r="1.5" />
    </>
  ),
  home: (
    <>
      <path d="M2.5 7 8 2.5 13.5 7v6.5h-4V10h-3v3.5h-4Z" />
    </>
  ),
  agent: (
    <>
      <rect x="3" y="5" width="10" height="8.5" rx="2" />
      <path d="M8 5V2.5M6 9h.01M10 9h.01" strokeWidth="1.7" />
    </>
  ),
  inbox: (
    <>
      <path d="M2 9.5 4 3h8l2 6.5V13H2Z" />
      <path d="M2 9.5h3.5L6.5 11h3l1-1.5H14" />
    </>
  ),
  succeeded: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="m5.4 8.2 1.8 1.8 3.4-3.8" />
    </>
  ),
  you: (
    <>
      <path d="M8 1.8 14.2 8 8 14.2 1.8 8Z" fill="currentColor" strokeLinejoin="round" />
    </>
  ),
  running: (
    <>
      <path d="M8 2a6 6 0 1 1-5.2 3" />
    </>
  ),
  parked: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 4.8V8l2.2 1.6" />
    </>
  ),
  tri: (
    <>
      <path d="M8 2.2 14.3 13.3H1.7Z" />
      <path d="M8 6.5v3M8 11.4h.01" />
    </>
  ),
  stopped: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M6 6h4v4H6Z" fill="currentColor" stroke="none" />
    </>
  ),
  ready: (
    <>
      <circle cx="8" cy="8" r="6" strokeDasharray="2.4 2.31" />
    </>
  ),
  paused: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M6.4 6v4M9.6 6v4" />
    </>
  ),
  failed: (
    <>
      <path d="M5.4 2h5.2L14 5.4v5.2L10.6 14H5.4L2 10.6V5.4Z" />
      <path d="m6 6 4 4M10 6l-4 4" />
    </>
  ),
  waiting: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M5.4 8h.01M8 8h.01M10.6 8h.01" strokeWidth="1.9" />
    </>
  ),
  pause: (
    <>
      <path d="M5.5 3.5v9M10.5 3.5v9" />
    </>
  ),
  step: (
    <>
      <path d="M4 3.5v9L10 8ZM12 3.5v9" />
    </>
  ),
  fork: (
    <>
      <circle cx="4" cy="3.5" r="1.6" />
      <circle cx="12" cy="3.5" r="1.6" />
      <circle cx="8" cy="12.5" r="1.6" />
      <path d="M4 5.1v1.4C4 8 5 8.5 8 8.5s4-.5 4-2V5.1M8 8.5v2.4" />
    </>
  ),
  pulse: (
    <>
      <path d="M1.5 8.5h3L6.5 3.5l3 9 2-4h3" />
    </>
  ),
  stop: (
    <>
      <rect x="4" y="4" width="8" height="8" rx="1" />
    </>
  ),
  list: (
    <>
      <path d="M3 4h10M5 8h8M7 12h6" />
    </>
  ),
  judged: (
    <>
      <path d="M8 2v12M4 14h8M3 5h10M3 5 1.5 9.5h3.5L3 5M13 5l-1.5 4.5H15L13 5" strokeWidth="1.3" />
    </>
  ),
  info: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 7.5V11M8 5.2h.01" />
    </>
  ),
  approval: (
    <>
      <path d="M8 1.8 13.5 4v4c0 3.2-2.3 5.4-5.5 6.2C4.8 13.4 2.5 11.2 2.5 8V4Z" />
      <path d="m5.8 8 1.6 1.6L10.4 6.4" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.5" />
      <path d="m10.5 10.5 3.5 3.5" />
    </>
  ),
  retry: (
    <>
      <path d="M13 8a5 5 0 1 1-1.5-3.5L13 6M13 2.8V6H9.8" />
    </>
  ),
  proposal: (
    <>
      <path d="M3.5 1.8h6l3 3v9.4h-9Z" />
      <path d="M6 9h4M8 7v4" />
    </>
  ),
  left: (
    <>
      <path d="m10 4-4 4 4 4" />
    </>
  ),
  flag: (
    <>
      <path d="M3.5 14V2.5h8.5l-2 3 2 3H3.5" />
    </>
  ),
  x: (
    <>
      <path d="m4 4 8 8M12 4l-8 8" />
    </>
  ),
  user: (
    <>
      <circle cx="8" cy="5.5" r="2.5" />
      <path d="M3 13.5c.5-2.5 2.5-4 5-4s4.5 1.5 5 4" />
    </>
  ),
  question: (
    <>
      <path d="M2.5 3.5h11v8H8l-3 2.5v-2.5H2.5Z" />
      <path d="M6.6 6.2a1.5 1.5 0 1 1 2 1.4c-.4.2-.6.4-.6.8M8 9.9h.01" />
    </>
  ),
  plus: (
    <>
      <path d="M8 3v10M3 8h10" />
    </>
  ),
  down: (
    <>
      <path d="m4 6 4 4 4-4" />
    </>
  ),
  comment: (
    <>
      <path d="M2.5 3.5h11v8H8l-3 2.5v-2.5H2.5Z" />
    </>
  ),
  chev: (
    <>
      <path d="m6 4 4 4-4 4" />
    </>
  ),
  change: (
    <>
      <circle cx="4.5" cy="3.8" r="1.8" />
      <circle cx="4.5" cy="12.2" r="1.8" />
      <circle cx="11.5" cy="6.2" r="1.8" />
      <path d="M4.5 5.6v4.8M11.5 8c0 2-3 2-6 3" />
    </>
  ),
  book: (
    <>
      <path d="M2.5 3h4A1.5 1.5 0 0 1 8 4.5V13a1.5 1.5 0 0 0-1.5-1.2h-4ZM13.5 3h-4A1.5 1.5 0 0 0 8 4.5V13a1.5 1.5 0 0 1 1.5-1.2h4Z" />
    </>
  ),
  more: (
    <>
      <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2.2" />
    </>
  ),
  doc: (
    <>
      <path d="M3.5 1.8h6l3 3v9.4h-9Z" />
      <path d="M6 8h4M6 11h4" />
    </>
  ),
  power: (
    <>
      <path d="M8 2v5.5M4.5 4.5a5 5 0 1 0 7 0" />
    </>
  ),
  download: (
    <>
      <path d="M8 2v8M4.5 7 8 10.500 11.500 7M3 13.500h10" />
    </>
  ),
  graph: (
    <>
      <rect x="1.5" y="6" width="4" height="4" rx="1" />
      <rect x="10.5" y="2" width="4" height="4" rx="1" />
      <rect x="10.5" y="10" width="4" height="4" rx="1" />
      <path d="M5.5 8C8 8 8 4 10.5 4M5.5 8c2.5 0 2.5 4 5 4" />
    </>
  ),
  time: (
    <>
      <path d="M2 4h6M5 8h7M8 12h6" />
    </>
  ),
  filter: (
    <>
      <path d="M2.5 4h11M4.5 8h7M6.5 12h3" />
    </>
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof PATHS;

/** With a label it is an image with that name; without one it is decoration beside a word. */
export function Icon({ name, label, className = "i" }: { name: IconName; label?: string; className?: string }) {
  if (!label) {
    return (
      <svg className={className} viewBox="0 0 16 16" aria-hidden="true">
        {PATHS[name]}
      </svg>
    );
  }
  return (
    <svg className={className} viewBox="0 0 16 16" role="img" aria-label={label}>
      {PATHS[name]}
    </svg>
  );
}

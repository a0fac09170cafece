/** The icons of all pages, by meaning. */
import {
  Activity,
  BookOpen,
  Bot,
  CalendarClock,
  ChartGantt,
  ChevronDown,
  ChevronLeft,
  ChevronRight,
  ChevronUp,
  CircleCheck,
  CircleDashed,
  CircleEllipsis,
  CirclePause,
  CircleStop,
  Clock,
  Diamond,
  Download,
  Ellipsis,
  FilePlus,
  FileText,
  Flag,
  Folder,
  GitBranch,
  GitFork,
  House,
  Inbox,
  Info,
  Keyboard,
  ListFilter,
  ListTree,
  LoaderCircle,
  type LucideIcon,
  MessageCircleQuestionMark,
  MessageSquare,
  Network,
  OctagonX,
  Pause,
  Plus,
  Power,
  RotateCw,
  Scale,
  Search,
  Settings,
  ShieldCheck,
  Square,
  StepForward,
  SunMoon,
  TriangleAlert,
  User,
  Workflow,
  Wrench,
  X,
} from "lucide-react";

const GLYPHS = {
  // Status of a task or a tree. Each has its own shape, so that colour is never the only sign.
  ready: CircleDashed,
  running: LoaderCircle,
  you: Diamond,
  waiting: CircleEllipsis,
  parked: Clock,
  paused: CirclePause,
  succeeded: CircleCheck,
  failed: OctagonX,
  stopped: CircleStop,

  // Pages
  home: House,
  inbox: Inbox,
  tree: Network,
  schedule: CalendarClock,
  agent: Bot,
  doc: FileText,
  tool: Wrench,
  book: BookOpen,
  pulse: Activity,
  gear: Settings,

  // Actions
  pause: Pause,
  step: StepForward,
  stop: Square,
  fork: GitFork,
  retry: RotateCw,
  power: Power,
  download: Download,
  search: Search,
  filter: ListFilter,
  keys: Keyboard,
  theme: SunMoon,
  plus: Plus,
  x: X,

  // Kinds of things
  info: Info,
  tri: TriangleAlert,
  flag: Flag,
  question: MessageCircleQuestionMark,
  approval: ShieldCheck,
  proposal: FilePlus,
  comment: MessageSquare,
  change: GitBranch,
  judged: Scale,
  user: User,
  folder: Folder,

  // Views and layout
  list: ListTree,
  graph: Workflow,
  time: ChartGantt,
  left: ChevronLeft,
  up: ChevronUp,
  down: ChevronDown,
  chev: ChevronRight,
  more: Ellipsis,
} satisfies Record<string, LucideIcon>;

export type IconName = keyof typeof GLYPHS | "banyan";

interface IconProps {
  name: IconName;
  /** Accessible name. Without it, the icon is decoration and hidden from screen readers. */
  label?: string;
  className?: string;
}

/** In lucide's 24 px grid, which makes a line of 1.5 px at 16 px. */
const STROKE = 2.25;

export function Icon({ name, label, className = "size-4" }: IconProps) {
  const named = label ? ({ role: "img", "aria-label": label } as const) : ({ "aria-hidden": true } as const);
  if (name === "banyan") return <Banyan className={className} {...named} />;
  const Glyph = GLYPHS[name];
  // Only the icon for “waiting for you” is filled.
  return (
    <Glyph className={className} strokeWidth={STROKE} fill={name === "you" ? "currentColor" : "none"} {...named} />
  );
}

interface BanyanProps {
  className: string;
  role?: "img";
  "aria-label"?: string;
  "aria-hidden"?: true;
}

/** Banyan's logo, as in `app/icon.svg`. */
function Banyan({ "aria-label": label, ...rest }: BanyanProps) {
  return (
    <svg
      {...rest}
      aria-label={label}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {label ? <title>{label}</title> : null}
      <path d="M8 14.5V8M8 8C5.5 8 2.5 7.5 2.5 5S5 1.5 8 1.5 13.5 2.5 13.5 5 10.5 8 8 8M4.5 7.5v7M11.5 7.5v7" />
    </svg>
  );
}

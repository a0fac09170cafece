/** Shapes of projects. */
import type { FoundCheck } from "@/core/projects/files";
import type { ProjectDefaults } from "@/core/projects/project";
import type { MissedEstimates } from "./plans";

/** `GET /projects`. */
export interface ProjectList {
  items: Project[];
  next: null;
}

/** `GET /projects/:name`: a repository that Banyan looks after. */
export interface Project {
  /** Name of the project, as in `/projects/{id}`. */
  name: string;
  /** A folder on the server, or the address of a git repository. */
  address: string;
  /** Branch of the repository that is worked on; null: its default branch. */
  branch: string | null;
  /** The command that shows that it works; null: nobody has confirmed one. */
  check: ConfirmedCheck | null;
  /** Installs its packages in a fresh copy. */
  setup: string | null;
  /** What its files said when it was added, and whether it is a git repository now. */
  found: FoundCommands;
  /** All its repositories, in the order in which a change of several is merged. With one, its trees work in that alone. */
  repositories: ProjectRepository[];
  /** How new work begins unless its submitter says otherwise. */
  defaults: ProjectDefaults;
  /** How its service runs in environments. */
  service: {
    /** The command that starts it; null: the script `preview` or `start` of package.json does. */
    start: string | null;
    /** Whether each pull request of Banyan's gets an environment. */
    previews: boolean;
  };
  /**
   * Whether Banyan made it, or it has a specification: it has a page as a service. For a repository that is elsewhere, what
   * was fetched last counts.
   */
  is_service: boolean;
  /** Name of the person who added it. */
  created_by: string;
  created_at: string;
  /** Trees of its repository in the last `days` days. */
  figures: {
    /** The days that are counted. */
    days: number;
    /** Trees that began in these days. */
    trees: number;
    /** Trees that run now, whenever they began: their state is `ready`, `running` or `parked`. */
    running: number;
    /** Those of the trees of these days whose root task failed. */
    failed: number;
    cost_usd: number;
  };
  /** How far the estimates of its finished units were from what they took; null without any. */
  estimates: MissedEstimates | null;
  /** Schedules whose trees work in its repository. */
  schedules: number;
}

/** A command that a person has given, or confirmed. */
interface ConfirmedCheck {
  /** The command. */
  command: string;
  /** Name of the person who gave or confirmed it. */
  by: string;
  /** When it was given or confirmed. */
  at: string;
}

/** A repository of a project. Its trees have a copy of each in a folder of its own, side by side. */
export interface ProjectRepository {
  /** The name of that folder. */
  folder: string;
  /** A folder on the server, or the address of a git repository. */
  address: string;
  /** Branch of the repository that is worked on; null: its default branch. */
  branch: string | null;
  /** Whether it is the project's own: the project's check, branch and setup are of it. */
  is_own: boolean;
  /** Runs in its folder; null: nobody has confirmed one. */
  check: ConfirmedCheck | null;
  /** Installs its packages in a fresh copy; null: nothing does. */
  setup: string | null;
  /** What its files said when it was added, and whether it is a git repository now. */
  found: FoundCommands;
  /** Folders of those that are merged before it. */
  needs: string[];
  /**
   * Content from outside in its folder on the server, or in one around or inside it; null: Banyan knows of none, or it is
   * elsewhere.
   */
  outside: OutsideContent | null;
}

/** What a tree left in a folder that came from outside: tasks that begin there ask before they send anything. */
export interface OutsideContent {
  /** When the newest of it came; null: a tree that may bring more works there now. */
  at: string | null;
  /** The newest tree that left some; null: it was deleted, or wrote its files there from a folder of its own. */
  tree: {
    /** Id of the tree. */
    id: string;
    /** Its title. */
    title: string;
  } | null;
}

/** The command that shows that a repository works, and who said so. */
interface ConfirmedCheck {
  /** The command. */
  command: string;
  /** Name of the person who gave or confirmed it. */
  by: string;
  /** When it was given or confirmed. */
  at: string;
}

/** What the files of a repository say. Nothing of it was run. */
export interface FoundCommands {
  /** Each way to show that it works, the most telling first. None, or several: a person says which. */
  checks: FoundCheck[];
  /** A command that installs its packages; null: none was found. */
  setup: string | null;
  /** What it is written with, by its manifests. */
  kinds: string[];
  /** Whether it is a git repository. */
  is_git: boolean;
  /** Whether it has any file. */
  is_empty: boolean;
}

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
  name: string;
  /** A folder on the server, or the address of a git repository. */
  address: string;
  branch: string | null;
  /** The command that shows that it works; null: nobody has confirmed one. */
  check: ConfirmedCheck | null;
  /** Installs its packages in a fresh copy. */
  setup: string | null;
  /** What its files said when it was added. */
  found: FoundCommands;
  /** All its repositories, in the order in which a change of several is merged. With one, its trees work in that alone. */
  repositories: ProjectRepository[];
  /** How new work begins unless its submitter says otherwise. */
  defaults: ProjectDefaults;
  /** How its service runs in environments. */
  service: { start: string | null; previews: boolean };
  /** Whether Banyan made it, or it has a specification: it has a page as a service. For a repository that is elsewhere, what was fetched last counts. */
  is_service: boolean;
  created_by: string;
  created_at: string;
  /** Trees of its repository in the last `days` days. */
  figures: { days: number; trees: number; running: number; failed: number; cost_usd: number };
  /** How far the estimates of its finished units were from what they took; null without any. */
  estimates: MissedEstimates | null;
  /** Schedules whose trees work in its repository. */
  schedules: number;
}

/** A command that a person has given, or confirmed. */
interface ConfirmedCheck {
  command: string;
  by: string;
  at: string;
}

/** A repository of a project. Its trees have a copy of each in a folder of its own, side by side. */
export interface ProjectRepository {
  /** The name of that folder. */
  folder: string;
  address: string;
  branch: string | null;
  /** Whether it is the project's own: the project's check, branch and setup are of it. */
  is_own: boolean;
  /** Runs in its folder; null: nobody has confirmed one. */
  check: ConfirmedCheck | null;
  setup: string | null;
  found: FoundCommands;
  /** Folders of those that are merged before it. */
  needs: string[];
}

/** The command that shows that a repository works, and who said so. */
interface ConfirmedCheck {
  command: string;
  by: string;
  at: string;
}

/** What the files of a repository say. Nothing of it was run. */
export interface FoundCommands {
  /** Each way to show that it works, the most telling first. None, or several: a person says which. */
  checks: FoundCheck[];
  setup: string | null;
  /** What it is written with, by its manifests. */
  kinds: string[];
  /** Whether it is a git repository. */
  is_git: boolean;
  /** Whether it has any file. */
  is_empty: boolean;
}

/** What people and programs submit: a task that starts a tree, and a fork of a task. */
import type { Level } from "@/core/log/entries";
import type { GoalFields } from "@/core/log/goal";
import type { Amounts } from "./shapes";

/** `POST /trees`, and `banyan run`. */
export interface Submission {
  /** The whole task, in words. */
  task: string;
  /** Agent of the root task; absent: the project's, else Banyan chooses one. */
  agent?: string;
  /** Model of the root task, as `provider/model`; absent: the agent's own. */
  model?: string;
  /** A runbook to run without a language model, instead of an agent. */
  runbook?: string;
  /** A project: the task works in its repository, with its agent, model and cap where this names none. */
  project?: string;
  /** A folder on the server; absent for a new folder. */
  workspace?: string;
  /** Works in a copy of `workspace`, or of the project's folder, which itself stays as it is and may be in use or have changes. */
  copy?: boolean;
  /** Starts a new folder with a clone of the repository, on that branch (default: its default branch); not together with `workspace`. */
  repository?: {
    /** Address of the git repository. */
    url: string;
    /** Branch to start from; absent: the default branch of the repository. */
    branch?: string;
  };
  /**
   * Starts a new folder with a copy of each of these repositories in a folder of its own, side by side: folders of the
   * server or addresses. Not together with `workspace` or `repository`.
   */
  repositories?: {
    /** Name of the folder that gets this copy. */
    folder: string;
    /** A folder of the server, or the address of a git repository. */
    address: string;
    /** Branch to start from; absent: the default branch of the repository. */
    branch?: string;
  }[];
  /** The pool of runners that the tree works on; null: the server's machine; absent: the setting BANYAN_POOL where it can, else that machine. */
  pool?: string | null;
  /** The pool of runners on which the host checks claims and goals, in rooms made of snapshots; absent: where the tree works. */
  checks_pool?: string;
  /** Caps of the whole tree; absent: those of the project and the installation. */
  grant?: Partial<Amounts>;
  /** Whether the caps of project and installation bound the money of the tree whatever `grant` names, as for amounts that another person wrote. */
  within_caps?: boolean;
  /** What its tasks may touch; absent: read, write and network. */
  rights?: Level[];
  /** Whether subtasks get only tools that the first agent has. */
  confined?: boolean;
  /** Whether a task fails when its share of the grant runs out. By default it borrows what the tasks above have left. */
  fixed_shares?: boolean;
  /** Higher runs first; 0 is normal. */
  priority?: number;
  /** `manual`: the tree pauses before each turn until somebody lets it go on. */
  stepping?: "automatic" | "manual";
  /** How the result is judged, in words. */
  criteria?: string;
  /** Pursues the task as a goal, in rounds, until it is shown to be reached. */
  goal?: GoalFields;
}

/** A version of an agent or of a document; see `GET /agents/:id/versions`. */
export interface ForkVersion {
  /** Whether `name` is that of an agent or of a document. */
  kind: "agent" | "document";
  /** Name of the agent or document. */
  name: string;
  /** Number of its version. */
  version: number;
}

/** `POST /tasks/:id/fork`. */
export interface ForkRequest {
  /** The message from which the fork continues; absent for the start of the task. Inside a turn the fork starts before that turn. */
  at?: number;
  /** Replaces the task's instruction. */
  instruction?: string;
  /** Agent that continues the task in the fork; absent: the same one. */
  agent?: string;
  /** Model that continues the task in the fork, as `provider/model`; absent: the same one. */
  model?: string;
  /** Replaces the text of message `at`, which must be an instruction, a steer or a tool's response. */
  message?: string;
  /** A message that the task reads at its first turn in the fork. */
  steer?: string;
  /** Versions of agents and documents that the task, and the subtasks that it starts in the fork, use. */
  versions?: ForkVersion[];
  /**
   * Which lessons its tasks are shown: those that are found, also where the origin was shown none (`with`), none
   * (`without`), or only those with these ids, at most 10. Absent: as in the origin.
   */
  lessons?: "with" | "without" | string[];
}

/**
 * What each tool of the MCP server answers when it neither asks nor starts a task of the protocol. `shapes.json` is
 * generated from this file: run `npm run shapes` after a change.
 */
import type { Continued } from "@/core/shapes/continuation";
import type { EvolutionOfProject } from "@/core/shapes/evolution";
import type { InsightList, ProjectInsight } from "@/core/shapes/insights";
import type { Lesson } from "@/core/shapes/memory";
import type { ProjectList } from "@/core/shapes/projects";
import type { Message, Page, Review, Task, Tree } from "@/core/shapes/shapes";
import type { Report, Result } from "./report";

/** A task of a batch that could not start. */
interface Refused {
  /** Why it could not start, in one sentence. */
  error: string;
}

interface Batch {
  /** In the order of the given tasks. */
  items: (Result | Refused)[];
  /** What to call next; null when all have ended. */
  next: string | null;
}

/** What was done, in one sentence. */
interface Sentence {
  /** What was done, and what follows from it, in one sentence. */
  sentence: string;
}

interface Insights extends Pick<InsightList, "look"> {
  /** The highest score first. */
  insights: ProjectInsight[];
  /** How many more there are than the limit. */
  more: number;
}

/** What the log of a tree shows, as `learnFromTree` finds it. */
export interface Patterns {
  /** `shown_by`: the command that showed that it works. */
  successful_patterns: {
    /** What worked. */
    pattern: string;
    /** Name of the agent that did it. */
    agent: string;
    /** The command that showed that it works. */
    shown_by: string;
  }[];
  /** `fixed_by`: the change after which it did not come again; null where it was not fixed. */
  error_patterns: {
    /** The error without names and numbers. */
    error: string;
    /** How often it was met. */
    times: number;
    /** The change after which it did not come again; null where it was not fixed. */
    fixed_by: string | null;
  }[];
  /** What was tried after something had gone wrong. */
  recovery_strategies: {
    /** What had gone wrong before. */
    after: string;
    /** What was tried then. */
    strategy: string;
    /** Whether the work went on after it. */
    worked: boolean;
  }[];
  /** How long tasks worked, by their agent. */
  time_per_task_type: {
    /** Name of the agent. */
    type: string;
    /** Number of tasks. */
    tasks: number;
    /** The median of the time that they worked, without waits, in seconds. */
    median_seconds: number;
    /** The longest time that one of them worked, without waits, in seconds. */
    longest_seconds: number;
  }[];
  /** Ids of the lessons that were made of it, and wait for a person. */
  candidates: string[];
}

/** The report about the tree that writes the document, and what the log of the session shows. */
export interface Learnt extends Report, Patterns {}

interface FoundLessons {
  /** The live lessons that fit, at most 10. */
  lessons: Lesson[];
}

export interface McpAnswers {
  run_task: Result;
  run_task_async: Report;
  run_batch: Batch;
  task_status: Report;
  task_result: Result;
  cancel: Report;
  autonomous_build: Report;
  learn_from_session: Learnt;
  list_trees: Page<Tree>;
  list_projects: ProjectList;
  list_insights: Insights;
  get_evolution: EvolutionOfProject;
  get_tree: Tree;
  get_task: Task;
  read_messages: Page<Message>;
  list_reviews: Page<Review>;
  find_lessons: FoundLessons;
  submit_task: Tree;
  steer: Sentence;
  continue: Continued;
  answer: Sentence;
  stop: Sentence;
}

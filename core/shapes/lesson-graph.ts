/** Shapes of the graph around a lesson, and of the answer to a question about lessons. */
import type { Lesson } from "./memory";

/** Each column holds at most so many. */
export const MOST_IN_COLUMN = 8;
/** Lessons of an error or of a repository are counted up to this number. */
export const MOST_COUNTED = 10_000;

/** An error that lessons of the graph are for. */
export interface GraphError {
  /** The error without names, numbers and paths. */
  signature: string;
  /** Lessons for it, at most 10,000. */
  lessons: number;
  /** Rounds and tasks in which a lesson for it was made, or shown because the error was there; at most 5,000. */
  met: number;
  /** When it was met last; null: never. */
  last_met_at: string | null;
}

/** An agent that worked where lessons of the graph were made or shown, or that one of them is for. */
export interface GraphAgent {
  /** Name of the agent. */
  agent: string;
  /** Rounds and tasks with this agent in which lessons of the graph were made; at most 1,000 for each lesson. */
  made: number;
  /** Rounds and tasks with this agent in which lessons of the graph were shown; at most 1,000 for each lesson. */
  shown: number;
}

/** Where lessons of the graph apply. */
export interface GraphPlace {
  /** The repository's address or folder; null: everywhere. */
  place: string | null;
  /** Lessons that apply there, at most 10,000. */
  lessons: number;
}

/** What an agent had to do with one lesson. Both numbers are 0 when the lesson only applies to the agent. */
export interface GraphLink extends GraphAgent {
  /** Id of the lesson. */
  lesson: string;
}

/** Lessons around one lesson, with the errors, agents and repositories that link them. */
export interface LessonGraph {
  /** How many lessons there are. */
  total: number;
  /** The lesson in the middle first, then those that share its error, its tasks or its repository. */
  lessons: Lesson[];
  /** The errors that the lessons are for. */
  errors: GraphError[];
  /** The agents. */
  agents: GraphAgent[];
  /** Where the lessons apply. */
  repositories: GraphPlace[];
  /** What each agent had to do with each lesson. */
  links: GraphLink[];
  /** How many more there are that the graph has no room for. */
  more: {
    /** Lessons for the same error as the lesson in the middle. */
    of_error: number;
    /** Lessons that apply in the same place. */
    of_place: number;
    /** Agents. */
    agents: number;
  };
  /** Questions that can be asked here. */
  examples: string[];
  /** Answer to the question; null without one. */
  answer: LessonAnswer | null;
}

/** Which lesson is in the middle; without it the first that answers the question, or the one that helped most lately. */
export interface LessonGraphQuery {
  /** Its id, or the beginning of its id. */
  lesson?: string | undefined;
  question?: string | undefined;
}

/** The lessons that answer a question. */
export interface LessonAnswer {
  /** The question as it was asked. */
  question: string;
  /** What was asked for: what helped, which errors were met, or what an agent was shown; null: it was not understood. */
  asks: "helped" | "failed" | "known" | null;
  /** The words that were searched for. */
  need: string | null;
  /** The repository by the name that was asked for, if lessons apply there. */
  place: string | null;
  /** The agent that was asked about; null: none. */
  agent: string | null;
  /** The answer in one sentence. */
  sentence: string;
  /** The lessons that were found, best first. */
  items: AnsweredLesson[];
}

/** A lesson that answers a question, and why. */
export interface AnsweredLesson {
  lesson: Lesson;
  /** Why it was found. */
  why: string;
}

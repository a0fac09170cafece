/** Fields of commands that a person gives, which run in the sandbox. */
import { text, whole } from "@/agents/operations/parse";

const MOST_COMMAND_CHARACTERS = 2_000;

/** A command of one line; `what` names it. */
export const commandField = (what: string) =>
  text
    .trim()
    .refine(
      (given) => given !== "" && given.length <= MOST_COMMAND_CHARACTERS && !given.includes("\n"),
      whole(`Give the ${what} as one line of at most ${MOST_COMMAND_CHARACTERS} characters.`),
    );

/** Starts the service of a project. */
export const startCommand = commandField("command that starts it");

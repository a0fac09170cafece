/** Answers of people to a goal's questions. */
import { z } from "zod";
import type { Answer } from "@/core/programs/conversation";

/** The endings of the keys of calls that are tried again, because a failure may be a refusal or a full disk. */
export const TRIES = ["", "-again", "-once-more"] as const;

const Answered = z.object({ answer: z.string() });

/** Returns the words of an answer; empty when the question was refused. */
export function answerIn({ content, isError }: Answer): string {
  if (isError) return "";
  try {
    return Answered.parse(JSON.parse(content)).answer;
  } catch {
    return content;
  }
}

/** Whether the whole answer only says to continue: any further words would be a correction. */
export function isYes(answer: string): boolean {
  return /^\s*(go( on)?|yes|ok(ay)?|continue|agreed?)\b\W*$/i.test(answer);
}

/** Whether an answer agrees where only yes or no was asked. A yes with a condition does not. */
export function agrees(answer: string): boolean {
  const begins = /^\s*(yes|ok(ay)?|agreed?)\b/i.test(answer);
  return isYes(answer) || (begins && !/\b(but|except|unless|if|only|once|when|not?|don['’]t)\b/i.test(answer));
}

/** Whether an answer says to end: "Stop using regular expressions" and "No new packages" are corrections. */
export function isStop(answer: string): boolean {
  const isWhole = /^\s*(stop|halt|end|no)(\s+(it|now|here|please|this|everything))?\W*$/i.test(answer);
  return isWhole || /^\s*(stop|halt)\s*[,.;:!]/i.test(answer);
}

/** Answers of people to a goal's questions. */
import { z } from "zod";
import type { Answer } from "@/core/programs/conversation";

/** What fails may be a refusal or a full disk, and is tried again: the endings of the keys of these calls. */
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

export function isYes(answer: string): boolean {
  return /^\s*(go( on)?|yes|ok(ay)?|continue|agreed?)\b\W*$/i.test(answer);
}

export function isStop(answer: string): boolean {
  return /^\s*(stop|no|halt|end)\b/i.test(answer);
}

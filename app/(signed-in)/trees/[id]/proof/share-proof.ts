"use server";

/** Shares a proof. The answer holds the link, which is stored nowhere. */
import { sentenceOfFailure } from "@/app/act";
import { enter } from "@/app/enter";

export type Shared = { ok: true; sentence: string; path: string } | { ok: false; sentence: string };

export async function shareProof(id: string, days: number): Promise<Shared> {
  const { commands } = await enter();
  try {
    const { sentence, path } = await commands.shareProof({ id, days });
    return { ok: true, sentence, path };
  } catch (error) {
    return { ok: false, sentence: sentenceOfFailure(error) };
  }
}

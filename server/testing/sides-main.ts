/** The real server with its supervisor and both sides, without the pages of Next.js, for tests that kill its processes. */
import { main as serve } from "@/server/main";
import { SILENCE_LIMITS } from "@/server/sides/silence";
import { USUAL_DELAY_MS } from "@/server/sides/supervise";
import type { Pages } from "@/server/web";

const PAGES: Pages = {
  handle: async (_, response) => void response.end("a page"),
  upgrade: () => {},
  close: async () => {},
};
/** A shorter limit for a side that hangs, and a shorter wait after crashes. */
const { SIDES_SILENT_MS, SIDES_DELAY_MS } = process.env;

export const main = (argv: string[]): Promise<void> =>
  serve(argv, PAGES, {
    ...(SIDES_SILENT_MS ? { silentMs: Number(SIDES_SILENT_MS), startMs: 60_000 } : SILENCE_LIMITS),
    delayMs: SIDES_DELAY_MS ? Number(SIDES_DELAY_MS) : USUAL_DELAY_MS,
  });

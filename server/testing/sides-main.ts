/** The real server with its supervisor and both sides, without the pages of Next.js, for tests that kill its processes. */
import { main as serve } from "@/server/main";
import type { Pages } from "@/server/web";

const PAGES: Pages = {
  handle: async (_, response) => void response.end("a page"),
  upgrade: () => {},
  close: async () => {},
};
/** A shorter limit for a side that hangs. */
const SILENT_MS = process.env.SIDES_SILENT_MS;

export const main = (argv: string[]): Promise<void> =>
  serve(argv, PAGES, SILENT_MS ? { silentMs: Number(SILENT_MS), startMs: 60_000 } : undefined);

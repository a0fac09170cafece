/** The real server with its supervisor and both sides, without the pages of Next.js, for tests that kill its processes. */
import { main as serve } from "@/server/main";

export const main = (argv: string[]): Promise<void> =>
  serve(argv, { handle: async (_, response) => void response.end("a page"), upgrade: () => {}, close: async () => {} });

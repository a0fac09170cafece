/** An example of a tool, to replace. */
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";

const output = { time: z.string().describe("Date and time, such as 2026-01-31 09:30") };

export function addTimeIn(server: McpServer): void {
  server.registerTool(
    "time_in",
    {
      title: "Time in a zone",
      description: "Returns the date and time in a time zone, now or at another moment.",
      inputSchema: {
        zone: z.string().describe("A time zone of the IANA database, such as Europe/Berlin"),
        at: z.iso.datetime({ offset: true }).optional().describe("A moment; now when absent"),
      },
      outputSchema: output,
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    async ({ zone, at }) => {
      const time = timeIn(zone, at === undefined ? new Date() : new Date(at));
      return { structuredContent: { time }, content: [{ type: "text", text: time }] };
    },
  );
}

function timeIn(zone: string, moment: Date): string {
  try {
    // Swedish dates are written as the standard has them.
    return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(moment);
  } catch {
    throw new Error(`There is no time zone ${zone}: use one such as Europe/Berlin.`);
  }
}

/** The data that the rooms of a socket read, with the rights of the connected person. */
import type { Application } from "@/agents/application";

export interface FeedSource {
  queries: Pick<Application["queries"], "listMessages" | "getTree" | "listReviews" | "markOfReviews" | "getStatus">;
  live: Application["live"];
}

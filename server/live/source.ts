/** What the rooms of a socket read, as the person behind the socket may. */
import type { Application } from "@/agents/application";

export interface FeedSource {
  queries: Pick<Application["queries"], "listMessages" | "getTree" | "listReviews" | "markOfReviews" | "getStatus">;
  live: Application["live"];
}

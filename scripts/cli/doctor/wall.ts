/** Says whether a release of Banyan runs behind a wall: in its own namespaces, in which it can change neither itself nor the launcher. */
import { cellStatus } from "@/launcher/cell.mjs";
import type { Finding } from "./finding";

export function wall(): Finding {
  const status = cellStatus();
  const name = "Wall around releases";
  if (status.open)
    return { name, mark: "ok", text: "A release can change neither itself nor the launcher.", remedy: "" };
  const remedy = "See docs/releases.md.";
  return { name, mark: "off", text: `Releases run with all rights of this account, because ${status.why}.`, remedy };
}

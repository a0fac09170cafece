/** The forges that the settings name. */
import type { ForgeKind } from "@/core/shapes/forges";
import { listIn } from "./notifications";

export interface ConfiguredForge {
  kind: ForgeKind;
  host: string;
  apiUrl: string;
}

export const FORGES_FORM =
  "HOST=ADDRESS-OF-ITS-API, separated by commas, such as github.example.org=https://github.example.org/api/v3 (an address ends with /api/v3 for GitHub Enterprise, with /api/v4 for GitLab, and with /api/v1 for Gitea and Forgejo)";

/** Every installation of a forge has its API at the end of its address; so it says which one it is. */
const KIND_BY_END: readonly (readonly [end: string, kind: ForgeKind])[] = [
  ["/api/v3", "github"],
  ["/api/v4", "gitlab"],
  ["/api/v1", "gitea"],
];

/** Returns the forges of the setting's text; null when it does not have the form. */
export function forgesIn(text: string): ConfiguredForge[] | null {
  const forges: ConfiguredForge[] = [];
  for (const entry of listIn(text)) {
    const at = entry.indexOf("=");
    const host = entry.slice(0, Math.max(0, at)).toLowerCase();
    const apiUrl = entry.slice(at + 1).replace(/\/+$/, "");
    const kind = KIND_BY_END.find(([end]) => apiUrl.endsWith(end))?.[1];
    if (host === "" || !URL.canParse(apiUrl) || kind === undefined) return null;
    forges.push({ kind, host, apiUrl });
  }
  return forges;
}

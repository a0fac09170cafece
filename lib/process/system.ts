/** Which operating system this is, as people call it, and what of Banyan works there. */
import { readFileSync } from "node:fs";

export type System = "Linux" | "WSL" | "macOS" | "Windows" | "other";

/** `version`: the text of /proc/version; empty where there is none. */
export function systemOf(platform: NodeJS.Platform, version: string): System {
  if (platform === "darwin") return "macOS";
  if (platform === "win32") return "Windows";
  if (platform !== "linux") return "other";
  return /microsoft/i.test(version) ? "WSL" : "Linux";
}

export function systemName(): System {
  return systemOf(process.platform, kernelVersion());
}

function kernelVersion(): string {
  try {
    return readFileSync("/proc/version", "utf8");
  } catch {
    return "";
  }
}

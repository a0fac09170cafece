/** The part of `doctor` that says what works on this operating system. */
import type { System } from "@/lib/process/system";
import type { Finding } from "./finding";

const NAME = "System";

export function platform(system: System, dataDir: string): Finding {
  const found = (mark: Finding["mark"], text: string, remedy = ""): Finding => ({ name: NAME, mark, text, remedy });
  if (system === "Linux") return found("ok", "Linux: everything can work here.");
  if (system === "WSL") {
    if (!/^\/mnt\/[a-z](\/|$)/.test(dataDir)) return found("ok", "Windows with WSL: everything can work here.");
    const remedy = "Move the project, or BANYAN_DATA_DIR, into the Linux file system, such as ~/banyan.";
    return found(
      "fail",
      `${dataDir} is on a Windows drive, where the database is slow and its locks are unsafe.`,
      remedy,
    );
  }
  if (system === "macOS")
    return found(
      "warn",
      "macOS: pages, agents, file tools, versions of files, web tools and added HTTP servers work. Off, because bubblewrap needs Linux: commands, claims, git in agents' repositories, SQL over a tree, added servers that are programs.",
      "For these, run Banyan in a Linux virtual machine or container.",
    );
  return found(
    "fail",
    `Banyan does not run on ${system === "other" ? process.platform : system}.`,
    "Use Linux, macOS or, on Windows, WSL 2.",
  );
}

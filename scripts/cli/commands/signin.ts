/** `signin`: prints a new link that signs in once, for whoever has lost the one that the server printed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { signInLink } from "@/lib/auth/auth";
import { actor, type Context, withActing } from "@/scripts/cli/context/context";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";

export async function signin(context: Context): Promise<number> {
  const url = runningAt(context.settings.dataDir);
  if (url === null)
    throw new UsageError("No server runs on this data folder. Start it with `npm start`: it prints a link.");
  return withActing(context, async ({ application }) => {
    const { token } = await application.commands.createSignInLink(actor());
    const link = signInLink(url, token);
    if (context.json) printJson({ link });
    else {
      print(link);
      print("Open this link within 15 minutes. It signs in once, as admin.");
    }
    return 0;
  });
}

/** Returns the address of the server that uses the data folder; null when none runs. */
function runningAt(dataDir: string): string | null {
  try {
    const { pid, url } = JSON.parse(readFileSync(join(dataDir, "server.json"), "utf8")) as { pid: number; url: string };
    process.kill(pid, 0);
    return url;
  } catch {
    return null;
  }
}

/** `signin`: prints a new link that signs in once, for a person who has lost the link that the server printed. */
import { signInLink } from "@/lib/auth/auth";
import { startCommand } from "@/lib/places";
import { type Context, withActing } from "@/scripts/cli/context/context";
import { runningAt } from "@/scripts/cli/context/running-server";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";

export async function signin(context: Context): Promise<number> {
  const url = runningAt(context.settings.dataDir);
  if (url === null)
    throw new UsageError(`No server runs on this data folder. Start it with \`${startCommand()}\`: it prints a link.`);
  return withActing(context, async ({ application }) => {
    const { token } = await application.commands.createSignInLink();
    const link = signInLink(url, token);
    if (context.json) printJson({ link });
    else {
      print(link);
      print("Open this link within 15 minutes. It signs in once, as admin.");
    }
    return 0;
  });
}

/** `service mock`: answers as a document says, until it is interrupted. It needs no database and no server. */
import { startMock } from "@/lib/contract/mock";
import type { Arguments } from "@/scripts/cli/commands/act";
import type { Context, Flags } from "@/scripts/cli/context/context";
import { numberFlag } from "@/scripts/cli/context/flags";
import { listenForInterrupt } from "@/scripts/cli/context/interrupt";
import { print, printJsonLine, UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";
import { contractIn } from "./document";

export async function mock(context: Context, [file = ""]: Arguments, flags: Flags): Promise<number> {
  const port = numberFlag(flags, "port", { whole: true, least: 0, most: 65_535, orZero: true }) ?? 0;
  const document = await contractIn(context, file);
  const onAnswer = (line: { method: string; path: string; status: number }) => {
    if (context.json) printJsonLine(line);
    else print(`${line.status} ${oneLine(line.method)} ${oneLine(line.path)}`);
  };
  const started = await startMock(document, { port, onAnswer }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EADDRINUSE" || error.code === "EACCES")
      throw new UsageError(`The port ${port} cannot be used (${error.code}): choose another one with --port.`);
    throw error;
  });
  if (context.json) printJsonLine({ url: started.url });
  else
    print(
      `${oneLine(document.title)} ${oneLine(document.version)} answers at ${started.url} with examples. Ctrl-C ends it.`,
    );
  const interrupt = listenForInterrupt();
  await new Promise<void>((resolve) => interrupt.onRequest(resolve));
  interrupt.close();
  await started.stop();
  return 0;
}

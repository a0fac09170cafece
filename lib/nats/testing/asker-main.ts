/** A server that begins a call, sends it an input, and says so. A test kills it. Its argument: the options of the link, and the request. */
import { openCell } from "../open";
import type { CallRequest, LinkOptions } from "../port";

async function main(): Promise<void> {
  const { options, request } = JSON.parse(process.argv[2] ?? "") as { options: LinkOptions; request: CallRequest };
  const server = await openCell(options);
  const start = await server.call(request);
  if (start.state === "accepted") await start.call.input(Buffer.from("first"));
  console.log(start.state);
}

void main();

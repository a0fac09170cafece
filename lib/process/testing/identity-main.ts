/** Prints how the process identifies itself, and stays until its input ends. */
import { ownIdentity } from "../identity";

export function main(): void {
  process.stdout.write(`${JSON.stringify(ownIdentity())}\n`);
  process.stdin.resume();
}

import type { Store } from "@/db/store";

/** Kills this process by SIGKILL in the middle of a transaction, after a statement such as "INSERT ON trees". */
export function dieWithin({ client }: Pick<Store, "client">, statement: string): void {
  client.sqlite.function("die", () => process.kill(process.pid, "SIGKILL"));
  client.sqlite.exec(`CREATE TEMP TRIGGER dies AFTER ${statement} BEGIN SELECT die(); END`);
}

/** Loans between tasks of a tree. A letter tells the borrower, so that its log records the loan. */
import type { Wish } from "@/core/rules/borrowing";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";
import { createGrants } from "@/db/records/grants";
import { createMail } from "@/db/records/mail";

interface Borrower {
  id: number;
  uid: string;
  treeId: number;
  treeUid: string;
}

export interface Loans {
  /**
   * Moves a part of the grant from the nearest task above that can lend it. Returns false when none can. `by`: who
   * asked for it, when the task itself did not.
   */
  lend(task: Borrower, wish: Wish, by?: string): Promise<boolean>;
}

export function createLoans(sqlite: Sqlite, log: Writes): Loans {
  const grants = createGrants(sqlite);
  const mail = createMail(sqlite);
  return {
    lend: (task, wish, by) =>
      log.write(({ nowMs, touch }) => {
        const loan = grants.lend(task.id, wish);
        if (!loan) return false;
        mail.send(task.uid, { kind: "borrowed", ...loan, ...(by && { by }) }, nowMs);
        touch({ id: task.treeId, uid: task.treeUid }, task.uid);
        return true;
      }),
  };
}

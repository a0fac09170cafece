"use client";

import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";

/** Button that makes the version live again that an approved proposal replaced. */
export function Restore({ id, words }: { id: string; words: string }) {
  const { pending, outcome, run } = useAction();
  return (
    <>
      {outcome?.ok ? null : (
        <Button
          disabled={pending}
          onClick={() =>
            run(
              () => operate("restoreBefore", { id }),
              (result) => result.ok && refreshPage(),
            )
          }
        >
          {words}
        </Button>
      )}
      <OutcomeLine outcome={outcome} />
    </>
  );
}

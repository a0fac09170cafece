"use client";

import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";

/** Looks at the repository again; a first look may take a minute. */
export function LookButton({ project, isFirst }: { project: string; isFirst: boolean }) {
  const { pending, outcome, run } = useAction();
  const look = () =>
    run(
      () => operate("lookForInsights", { id: project }),
      ({ ok }) => ok && refreshPage(),
    );
  return (
    <>
      <div className="text-right empty:hidden phone:order-last phone:w-full phone:text-left">
        <OutcomeLine outcome={outcome} />
      </div>
      <Button icon="retry" look={isFirst ? "primary" : "plain"} disabled={pending} onClick={look}>
        {pending ? "Looking…" : isFirst ? "Look" : "Look again"}
      </Button>
    </>
  );
}

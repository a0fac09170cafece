import type { ComponentProps } from "react";
import { Button } from "@/components/ui/parts";

/** Button for one of a question's offered answers. A long answer wraps. */
export function OfferedAnswer(props: ComponentProps<typeof Button>) {
  return <Button {...props} className="h-auto! min-h-control max-w-full py-1 text-left whitespace-normal!" />;
}

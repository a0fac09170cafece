import type { ComponentProps } from "react";
import { Button } from "@/components/ui/parts";

/** An answer that a question offers; a long one takes several lines. */
export function OfferedAnswer(props: ComponentProps<typeof Button>) {
  return <Button {...props} className="h-auto! min-h-control max-w-full py-1 text-left whitespace-normal!" />;
}

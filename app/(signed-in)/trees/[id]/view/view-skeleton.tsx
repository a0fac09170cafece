import { Skeleton } from "@/components/ui/page/skeleton";
import { ScrollArea } from "@/components/ui/scroll-area";

/** Grey bars in the shape of rows, shown only when loading takes a moment. */
export function ViewSkeleton() {
  return (
    <ScrollArea className="p-4" aria-busy="true">
      <span className="sr-only">Loading the view</span>
      <Skeleton>
        {["62%", "48%", "55%", "40%", "51%"].map((width) => (
          <i key={width} style={{ width }} />
        ))}
      </Skeleton>
    </ScrollArea>
  );
}

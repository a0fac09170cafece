/** Classes of a `details` element with a `FoldMark` in its summary. */
export const FOLD =
  "[&[open]]:pb-2 [&>p]:mt-1 [&>p]:pl-5 [&>summary]:flex [&>summary]:min-h-7 [&>summary]:min-w-0 [&>summary]:cursor-pointer " +
  "[&>summary]:list-none [&>summary]:items-center [&>summary]:gap-2 [&>summary]:rounded-control [&>summary:hover]:bg-hover " +
  "[&>summary::-webkit-details-marker]:hidden";

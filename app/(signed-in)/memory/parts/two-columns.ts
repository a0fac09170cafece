/** Classes of a page with something beside it, below it in a narrow window. */
export const TWO_COLUMNS =
  "grid w-full max-w-330 grid-cols-[minmax(0,1fr)_344px] items-start gap-x-8 gap-y-6 narrow:grid-cols-1";

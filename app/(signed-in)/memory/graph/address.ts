/** Returns the address of the graph around a lesson, beside the answer to a question. Pure. */
export function graphAddress({
  lesson,
  question,
}: {
  lesson?: string | undefined;
  question?: string | undefined;
}): string {
  const given = Object.entries({ question, lesson }).flatMap(([name, value]) => (value ? [[name, value]] : []));
  const query = new URLSearchParams(given);
  return query.size === 0 ? "/memory/graph" : `/memory/graph?${query}`;
}

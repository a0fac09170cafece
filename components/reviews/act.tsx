/** The title of an item: names of an agent that stand in backquotes look like code. */
export function Act({ act }: { act: string }) {
  // Odd places are those between two backquotes.
  return act.split("`").map((part, place) => {
    const key = `${place} ${part}`;
    return place % 2 === 1 ? <code key={key}>{part}</code> : <span key={key}>{part}</span>;
  });
}

/** Returns the title for names that have no looks, such as labels for screen readers. */
export function actText(act: string): string {
  return act.replaceAll("`", "");
}

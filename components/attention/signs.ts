/** The signs of a page in its tab: the number of items that wait in the title, and a dot in the icon. */

const COUNT = /^\(\d+\+?\) /;
const MOST_SHOWN = 99;
const WAITS_ICON = "/icons/waits.svg";

/** Returns the title with the number of items that wait for a person, or without a number for none. */
export function titleWith(waiting: number, title: string): string {
  const plain = title.replace(COUNT, "");
  if (waiting <= 0) return plain;
  return `(${waiting > MOST_SHOWN ? `${MOST_SHOWN}+` : waiting}) ${plain}`;
}

/** Shows the signs, also after a navigation changed the title or the icon. Returns the function that removes them. */
export function showSigns(waiting: number, head: HTMLHeadElement = document.head): () => void {
  const apply = () => {
    const title = titleWith(waiting, document.title);
    if (title !== document.title) document.title = title;
    for (const icon of head.querySelectorAll<HTMLLinkElement>('link[rel~="icon"]')) showDot(icon, waiting > 0);
  };
  apply();
  const observer = new MutationObserver(apply);
  observer.observe(head, { childList: true, subtree: true, characterData: true });
  return () => observer.disconnect();
}

function showDot(icon: HTMLLinkElement, isShown: boolean): void {
  const { plain } = icon.dataset;
  if (isShown && plain === undefined) {
    icon.dataset.plain = icon.getAttribute("href") ?? "";
    icon.setAttribute("href", WAITS_ICON);
  } else if (!isShown && plain !== undefined) {
    icon.setAttribute("href", plain);
    delete icon.dataset.plain;
  }
}

/** Id of the dialog with all keys. */
export const KEYS_DIALOG = "keys";

/** Opens the dialog with all keys. */
export function showKeys(): void {
  const dialog = document.querySelector<HTMLDialogElement>(`#${KEYS_DIALOG}`);
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.querySelector<HTMLElement>("[data-first-focus]")?.focus();
}

/**
 * Returns the text that the user typed into a field before hydration; "": none. Call it in a layout effect, before
 * React writes to the field and discards the text.
 */
export function typedEarly(field: HTMLTextAreaElement | null | undefined): string {
  return field && field.value !== field.defaultValue ? field.value : "";
}

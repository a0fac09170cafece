/**
 * What somebody typed into a field before the page had come to life: "" for nothing. To be asked for in a layout effect,
 * for the next time that React writes the field it would be gone.
 */
export function typedEarly(field: HTMLTextAreaElement | null | undefined): string {
  return field && field.value !== field.defaultValue ? field.value : "";
}

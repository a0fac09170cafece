/** Returns the globs that a person wrote, one a line or separated by commas. A comma between braces belongs to its glob. */
export function globsIn(text: string): string[] {
  return text.split(/[\n,](?![^{]*\})/).flatMap((one) => one.trim() || []);
}

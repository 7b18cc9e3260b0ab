/** A constructed style sheet, the only kind that the page's policy lets scripts add. */
export function sheet(css: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

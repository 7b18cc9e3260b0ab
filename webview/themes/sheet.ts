/** A constructed sheet: the one kind of style that the page's policy lets scripts add. */
export function sheet(css: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

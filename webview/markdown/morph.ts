/**
 * Makes the children of `parent` from `first` on equal to those of `wanted`. Equal nodes stay, and with them selection,
 * focus and a screen reader's position.
 */
export function morphChildren(parent: Node, first: ChildNode | null, wanted: Node): void {
  let current = first;
  for (const next of [...wanted.childNodes]) {
    if (current === null) {
      parent.appendChild(next);
      continue;
    }
    const following: ChildNode | null = current.nextSibling;
    morphNode(parent, current, next);
    current = following;
  }
  while (current !== null) {
    const following: ChildNode | null = current.nextSibling;
    current.remove();
    current = following;
  }
}

function morphNode(parent: Node, current: ChildNode, wanted: ChildNode): void {
  if (current.isEqualNode(wanted)) return;
  if (current instanceof Text && wanted instanceof Text) {
    morphText(current, wanted.data);
  } else if (current instanceof Element && wanted instanceof Element && current.tagName === wanted.tagName) {
    morphAttributes(current, wanted);
    morphChildren(current, current.firstChild, wanted);
  } else {
    parent.replaceChild(wanted, current);
  }
}

/** Appends to growing text, which keeps a selection inside it. */
function morphText(current: Text, wanted: string): void {
  if (wanted.startsWith(current.data)) current.appendData(wanted.slice(current.data.length));
  else current.data = wanted;
}

function morphAttributes(current: Element, wanted: Element): void {
  for (const { name } of [...current.attributes]) if (!wanted.hasAttribute(name)) current.removeAttribute(name);
  for (const { name, value } of wanted.attributes)
    if (current.getAttribute(name) !== value) current.setAttribute(name, value);
}

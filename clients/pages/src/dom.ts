/** Small helpers over the markup that the server rendered. None of them makes markup. */

export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind | null {
  return document.getElementById(id) as Kind | null;
}

/** A named part of a row, or null: a page may leave parts out. */
export function part<Kind extends HTMLElement = HTMLElement>(root: ParentNode, name: string): Kind | null {
  return root.querySelector<Kind>(`[data-part="${name}"]`);
}

export function action(root: ParentNode, name: string): HTMLElement | null {
  return root.querySelector<HTMLElement>(`[data-action="${name}"]`);
}

/** Writes a text only where it differs, because live regions announce every write. */
export function setText(element: Element | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}

export function show(element: HTMLElement | null, shown: boolean): void {
  if (element && element.hidden === shown) element.hidden = !shown;
}

/** Sets data attributes; undefined removes one. */
export function setData(element: HTMLElement, values: Record<string, string | number | boolean | undefined>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete element.dataset[name];
    else if (element.dataset[name] !== String(value)) element.dataset[name] = String(value);
  }
}

/** A copy of the one element in a server-rendered template. */
export function clone(templateId: string): HTMLElement {
  const template = byId<HTMLTemplateElement>(templateId as string) as HTMLTemplateElement | null;
  const element = template?.content.firstElementChild?.cloneNode(true);
  if (!(element instanceof HTMLElement)) throw new Error(`The page has no template "${templateId}".`);
  return element;
}

/** Puts children into this order: moves those out of place, removes those not listed. */
export function arrange(parent: HTMLElement, children: HTMLElement[]): void {
  let next = parent.firstElementChild;
  for (const child of children) {
    if (child === next) next = next.nextElementSibling;
    else parent.insertBefore(child, next);
  }
  while (next) {
    const gone = next;
    next = next.nextElementSibling;
    gone.remove();
  }
}

/** Calls `render` once for all changes of one turn. */
export function batched(render: () => void): () => void {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    queueMicrotask(() => {
      due = false;
      render();
    });
  };
}

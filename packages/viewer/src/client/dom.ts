// Elements in one call.

type Props<K extends keyof HTMLElementTagNameMap> = {
  readonly [P in keyof HTMLElementTagNameMap[K]]?: HTMLElementTagNameMap[K][P];
} & {
  readonly aria?: Readonly<Record<string, string>>;
  readonly data?: Readonly<Record<string, string>>;
};

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props<K> = {},
  ...children: readonly (globalThis.Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  const { aria = {}, data = {}, ...own } = props;
  Object.assign(made, own);
  for (const [name, value] of Object.entries(aria)) made.setAttribute(name === 'role' ? name : `aria-${name}`, value);
  Object.assign(made.dataset, data);
  made.append(...children);
  return made;
}

/** A button whose label is what it looks like, or is told apart from that. */
export function button(text: string, label: string, onclick: () => void, className = ''): HTMLButtonElement {
  const aria: Record<string, string> = text === label ? {} : { label };
  return element('button', { type: 'button', className, title: label, onclick, aria }, text);
}

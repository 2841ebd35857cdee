// The WGSL of a kernel, in a dialog.

import { countText } from '../../units.ts';
import { button, element } from '../dom.ts';

export function sourceButton(title: string, wgsl: string): HTMLElement {
  const lines = wgsl.trimEnd().split('\n').length;
  const text = `Kernel source: WGSL, ${countText(lines, 'line')}`;
  return button(text, text, () => openSource(title, wgsl), 'wide');
}

function openSource(title: string, wgsl: string): void {
  const dialog = element(
    'dialog',
    { aria: { label: `Source of ${title}` }, onclose: () => dialog.remove() },
    element(
      'div',
      { className: 'head' },
      element('h2', {}, title),
      button('Close', 'Close the source', () => dialog.close()),
    ),
    element('pre', { tabIndex: 0 }, element('code', {}, wgsl)),
  );
  document.body.append(dialog);
  dialog.showModal();
}

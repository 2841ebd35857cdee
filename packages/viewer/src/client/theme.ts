// Light and dark: the reader's choice, else the system's. Canvases take their colours from the style sheet.

export interface Colors {
  readonly paper: string;
  readonly card: string;
  readonly border: string;
  readonly text: string;
  readonly muted: string;
  readonly edge: string;
  readonly accent: string;
  readonly match: string;
  readonly added: string;
  readonly removed: string;
  readonly categories: readonly string[];
}

const CATEGORIES = 8;

export function readColors(): Colors {
  const probe = document.body.appendChild(document.createElement('i'));
  const color = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colors = {
    paper: color('paper'),
    card: color('card'),
    border: color('border'),
    text: color('text'),
    muted: color('muted'),
    edge: color('edge'),
    accent: color('accent'),
    match: color('match'),
    added: color('added'),
    removed: color('removed'),
    categories: Array.from({ length: CATEGORIES }, (_, i) => color(`category-${i}`)),
  };
  probe.remove();
  return colors;
}

/** Calls back whenever the colours are others. Returns what switches between light and dark. */
export function followTheme(onChange: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  system.addEventListener('change', onChange);
  return () => {
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : system.matches;
    root.dataset.theme = dark ? 'light' : 'dark';
    onChange();
  };
}

// The words of a shader's text.

export interface Token {
  readonly kind: 'name' | 'number' | 'sign' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Closing brackets of types stand one by one, and so do signs of shifts to the right, which the parser joins again. */
const PATTERN =
  /\s+|\/\/[^\n]*|([A-Za-z_]\w*)|((?:0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[iufh]?)|(<<=|<<|->|\+\+|--|&&|\|\||[<=!+\-*/%&|^]=|[-+*/%&|^~!<>=(){}[\],;:.@])/y;

/** @throws Error at what is no word of WGSL */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  PATTERN.lastIndex = 0;
  for (let start = 0; start < text.length; start = PATTERN.lastIndex) {
    const match = PATTERN.exec(text);
    if (!match) throw new Error(`no word of WGSL: ${text.slice(start, start + 20)}`);
    const [whole, name, number] = match;
    const kind =
      name !== undefined ? 'name' : number !== undefined ? 'number' : match[3] === undefined ? undefined : 'sign';
    if (kind) tokens.push({ kind, text: whole, start, end: PATTERN.lastIndex });
  }
  return [...tokens, { kind: 'end', text: '', start: text.length, end: text.length }];
}

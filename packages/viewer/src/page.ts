// One HTML text with everything in it: data, script and styles. Its policy lets nothing else run, and nothing be loaded.

/** The text of a script or style sheet and its SHA-256 in base64, by which the page's policy knows it. */
export interface Asset {
  readonly text: string;
  readonly sha256: string;
}

export interface PageParts {
  readonly title: string;
  readonly script: Asset;
  readonly styles: Asset;
  /** What the script finds as JSON in the element with the id `data`. */
  readonly data: unknown;
}

export function htmlPage({ title, script, styles, data }: PageParts): string {
  const policy = `default-src 'none'; script-src 'sha256-${script.sha256}'; style-src 'sha256-${styles.sha256}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${styles.text}</style>
</head>
<body>
<noscript>This page draws its graphs by a script.</noscript>
<script id="data" type="application/json">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script type="module">${script.text}</script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

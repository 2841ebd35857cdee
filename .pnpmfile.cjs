// What is packed has no sources, so its manifest names none.

/** @typedef {Record<string, string>} Conditions */

/** @param {{ exports?: Record<string, string | Conditions> }} manifest */
function withoutSources(manifest) {
  const entries = Object.entries(manifest.exports ?? {}).map(([key, target]) => {
    if (typeof target === 'string') return [key, target];
    const { '@trtx/source': _, ...published } = target;
    return [key, published];
  });
  return { ...manifest, ...(manifest.exports ? { exports: Object.fromEntries(entries) } : {}) };
}

module.exports = { hooks: { beforePacking: withoutSources } };

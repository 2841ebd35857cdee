// A worker whose cases crash, hang, fail and pass by their names.

let ran = 0;
process.on('message', (/** @type {import('../cases.ts').Case} */ { name }) => {
  if (name === 'crash') {
    console.error('a last word');
    process.exit(7);
  }
  while (name === 'hang') ran = 0;
  process.send?.({ gpuNodes: ++ran, hostNodes: 0, reason: name === 'fail' ? 'it fails' : undefined });
});
process.send?.('ready');

// What built an engine, as its header says.

import manifest from '../package.json' with { type: 'json' };

export const BUILDER = `trtx ${manifest.version}`;

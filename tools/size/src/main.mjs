// Bundles @trtx/runtime as a web page would and tells its size: `npm run -s size -- [--json] [--limit BYTES] [--why]`.
// Exits with 1 where the bundle, compressed by gzip -9, is larger than the limit.
import { LIMIT, measure } from './measure.mjs';

const args = process.argv.slice(2);
const at = args.indexOf('--limit');
const limit = at < 0 ? LIMIT : Number(args[at + 1]);
const { bytes, gzip, files } = await measure();
const ok = gzip <= limit;

if (args.includes('--json')) console.log(JSON.stringify({ bytes, gzip, limit, ok }));
else console.log(`@trtx/runtime: ${bytes} bytes, ${gzip} gzipped, limit ${limit}: ${ok ? 'ok' : 'too large'}`);
if (args.includes('--why')) for (const [file, size] of files) console.error(`${String(size).padStart(7)}  ${file}`);
process.exitCode = ok ? 0 : 1;

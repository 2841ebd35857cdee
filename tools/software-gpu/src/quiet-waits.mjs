// Preloaded into processes under the wrapper. Dawn's binding asks again and again, in a chain of setImmediate, whether
// what was begun is done. With a GPU that takes a core which has nothing else to do; with SwiftShader it takes the time
// of the threads that are being waited for. Here a wait that is not over at once sleeps between its questions.
import { setImmediate as immediate } from 'node:timers';

/** Milliseconds for which a wait asks without sleeping, and that it then sleeps between its questions. */
const EAGER = 0.2;
const SLEEP = 1;

const textOf = Function.prototype.toString;

/** When the wait began that asks now, and how often any has asked. */
let since = 0;
let asked = 0;

/**
 * @param {(...args: any[]) => void} callback
 * @param {any[]} args
 */
function quietImmediate(callback, ...args) {
  // What the binding passes is made natively, and takes no argument.
  if (args.length > 0 || !textOf.call(callback).includes('[native code]')) return immediate(callback, ...args);
  const now = performance.now();
  const began = since || now;
  const turn = ++asked;
  const ask = () => {
    since = began;
    callback();
    // Unless it asks for another turn, the wait is over.
    if (asked === turn) since = 0;
  };
  return now - began < EAGER ? immediate(ask) : setTimeout(ask, SLEEP);
}

// util.promisify finds its own form by such a key.
const symbols = Object.getOwnPropertySymbols(immediate).map((key) => [key, Reflect.get(immediate, key)]);
Object.assign(globalThis, { setImmediate: Object.assign(quietImmediate, Object.fromEntries(symbols)) });

import { Digest } from './digest.js';

/** The first 32 bits behind the point of a root of each of the first primes: what FIPS 180-4 takes its constants from. */
function rootsOfPrimes(count: number, root: (value: number) => number): Int32Array {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; ++n) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return Int32Array.from(primes, (prime) => Math.floor((root(prime) % 1) * 2 ** 32) | 0);
}

const constants = rootsOfPrimes(64, Math.cbrt);
const turned = (word: number, by: number) => (word >>> by) | (word << (32 - by));

/** SHA-256 (FIPS 180-4) over a stream; that of Web Cryptography wants all bytes at once, and a page with TLS. */
export class Sha256 extends Digest {
  readonly #words = new Int32Array(64);

  constructor() {
    super(rootsOfPrimes(8, Math.sqrt), false);
  }

  protected override mix(bytes: Uint8Array, at: number): void {
    const words = this.#words;
    for (let n = 0, from = at; n < 16; ++n, from += 4) {
      words[n] = (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!;
    }
    for (let n = 16; n < 64; ++n) {
      const two = words[n - 2]!;
      const fifteen = words[n - 15]!;
      const left = turned(fifteen, 7) ^ turned(fifteen, 18) ^ (fifteen >>> 3);
      const right = turned(two, 17) ^ turned(two, 19) ^ (two >>> 10);
      words[n] = (words[n - 16]! + left + words[n - 7]! + right) | 0;
    }
    this.#compress(words);
  }

  #compress(words: Int32Array): void {
    const state = this.state;
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    let f = state[5]!;
    let g = state[6]!;
    let h = state[7]!;
    for (let n = 0; n < 64; ++n) {
      const choice = (e & f) ^ (~e & g);
      const first = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + choice + constants[n]! + words[n]!) | 0;
      const majority = (a & b) ^ (a & c) ^ (b & c);
      const second = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + majority) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    state[0] = (state[0]! + a) | 0;
    state[1] = (state[1]! + b) | 0;
    state[2] = (state[2]! + c) | 0;
    state[3] = (state[3]! + d) | 0;
    state[4] = (state[4]! + e) | 0;
    state[5] = (state[5]! + f) | 0;
    state[6] = (state[6]! + g) | 0;
    state[7] = (state[7]! + h) | 0;
  }
}

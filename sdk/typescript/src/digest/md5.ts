import { Digest } from './digest.js';

const sines = Int32Array.from({ length: 64 }, (_, n) => Math.floor(Math.abs(Math.sin(n + 1)) * 2 ** 32) | 0);
const turned = (word: number, by: number) => (word << by) | (word >>> (32 - by));

/** MD5 (RFC 1321), by which S3 names what it stores; Web Cryptography has none. */
export class Md5 extends Digest {
  readonly #words = new Int32Array(16);

  constructor() {
    super(Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476), true);
  }

  protected override mix(bytes: Uint8Array, at: number): void {
    const words = this.#words;
    for (let n = 0, from = at; n < 16; ++n, from += 4) {
      words[n] = bytes[from]! | (bytes[from + 1]! << 8) | (bytes[from + 2]! << 16) | (bytes[from + 3]! << 24);
    }
    const state = this.state;
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    for (let n = 0; n < 16; n += 4) {
      a = (b + turned((a + ((b & c) | (~b & d)) + sines[n]! + words[n & 15]!) | 0, 7)) | 0;
      d = (a + turned((d + ((a & b) | (~a & c)) + sines[n + 1]! + words[(n + 1) & 15]!) | 0, 12)) | 0;
      c = (d + turned((c + ((d & a) | (~d & b)) + sines[n + 2]! + words[(n + 2) & 15]!) | 0, 17)) | 0;
      b = (c + turned((b + ((c & d) | (~c & a)) + sines[n + 3]! + words[(n + 3) & 15]!) | 0, 22)) | 0;
    }
    for (let n = 16; n < 32; n += 4) {
      a = (b + turned((a + ((d & b) | (~d & c)) + sines[n]! + words[(5 * n + 1) & 15]!) | 0, 5)) | 0;
      d = (a + turned((d + ((c & a) | (~c & b)) + sines[n + 1]! + words[(5 * (n + 1) + 1) & 15]!) | 0, 9)) | 0;
      c = (d + turned((c + ((b & d) | (~b & a)) + sines[n + 2]! + words[(5 * (n + 2) + 1) & 15]!) | 0, 14)) | 0;
      b = (c + turned((b + ((a & c) | (~a & d)) + sines[n + 3]! + words[(5 * (n + 3) + 1) & 15]!) | 0, 20)) | 0;
    }
    for (let n = 32; n < 48; n += 4) {
      a = (b + turned((a + (b ^ c ^ d) + sines[n]! + words[(3 * n + 5) & 15]!) | 0, 4)) | 0;
      d = (a + turned((d + (a ^ b ^ c) + sines[n + 1]! + words[(3 * (n + 1) + 5) & 15]!) | 0, 11)) | 0;
      c = (d + turned((c + (d ^ a ^ b) + sines[n + 2]! + words[(3 * (n + 2) + 5) & 15]!) | 0, 16)) | 0;
      b = (c + turned((b + (c ^ d ^ a) + sines[n + 3]! + words[(3 * (n + 3) + 5) & 15]!) | 0, 23)) | 0;
    }
    for (let n = 48; n < 64; n += 4) {
      a = (b + turned((a + (c ^ (b | ~d)) + sines[n]! + words[(7 * n) & 15]!) | 0, 6)) | 0;
      d = (a + turned((d + (b ^ (a | ~c)) + sines[n + 1]! + words[(7 * (n + 1)) & 15]!) | 0, 10)) | 0;
      c = (d + turned((c + (a ^ (d | ~b)) + sines[n + 2]! + words[(7 * (n + 2)) & 15]!) | 0, 15)) | 0;
      b = (c + turned((b + (d ^ (c | ~a)) + sines[n + 3]! + words[(7 * (n + 3)) & 15]!) | 0, 21)) | 0;
    }
    state[0] = (state[0]! + a) | 0;
    state[1] = (state[1]! + b) | 0;
    state[2] = (state[2]! + c) | 0;
    state[3] = (state[3]! + d) | 0;
  }
}

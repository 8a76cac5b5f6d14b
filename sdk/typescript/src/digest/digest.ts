/** A digest over bytes that come one after the other: blocks of 64 bytes, padded with their length in bits. */
export abstract class Digest {
  readonly #block = new Uint8Array(64);
  #filled = 0;
  #length = 0;

  protected constructor(
    protected readonly state: Int32Array,
    private readonly isLittleEndian: boolean,
  ) {}

  /** Mixes the 64 bytes from `at` on into the state. */
  protected abstract mix(bytes: Uint8Array, at: number): void;

  /** Takes the next bytes. */
  update(bytes: Uint8Array): this {
    this.#length += bytes.length;
    let at = 0;
    if (this.#filled > 0) {
      at = Math.min(64 - this.#filled, bytes.length);
      this.#block.set(bytes.subarray(0, at), this.#filled);
      this.#filled += at;
      if (this.#filled < 64) return this;
      this.mix(this.#block, 0);
    }
    for (; at + 64 <= bytes.length; at += 64) this.mix(bytes, at);
    this.#block.set(bytes.subarray(at));
    this.#filled = bytes.length - at;
    return this;
  }

  /** The digest of all that came; nothing more may come then. */
  finish(): Uint8Array {
    const bits = this.#length * 8;
    const padding = new Uint8Array((this.#filled < 56 ? 64 : 128) - this.#filled);
    const view = new DataView(padding.buffer);
    const [low, high] = this.isLittleEndian ? [8, 4] : [4, 8];
    padding[0] = 0x80;
    view.setUint32(padding.length - low, bits >>> 0, this.isLittleEndian);
    view.setUint32(padding.length - high, Math.floor(bits / 2 ** 32), this.isLittleEndian);
    this.update(padding);
    const out = new DataView(new ArrayBuffer(this.state.byteLength));
    this.state.forEach((word, n) => out.setInt32(n * 4, word, this.isLittleEndian));
    return new Uint8Array(out.buffer);
  }
}

/** Lower-case hexadecimal. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Base64, as the header Content-MD5 has it. */
export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** The digest of a file or a piece of one, read in small chunks. */
export async function digestOf(digest: Digest, blob: Blob, signal?: AbortSignal): Promise<Uint8Array> {
  const reader = blob.stream().getReader();
  for (;;) {
    signal?.throwIfAborted();
    const { done, value } = await reader.read();
    if (done) return digest.finish();
    digest.update(value);
  }
}

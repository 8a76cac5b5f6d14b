import type { Landfall } from '../client.js';
import type { CallOptions } from '../operations.js';

/** How many parts are signed at once: few enough that a slow line uses them within their hour. */
const batch = 32;

/** Signed URLs of the parts of a file, fetched some at a time when they are needed. */
export class PartUrls {
  readonly #urls = new Map<number, Promise<string>>();

  constructor(
    private readonly client: Landfall,
    private readonly partsId: string,
    private readonly wanted: readonly number[],
    private readonly options: CallOptions,
  ) {}

  /** The URL of one part; signs those that follow with it. */
  of(part: number): Promise<string> {
    const known = this.#urls.get(part);
    if (known) return known;
    const from = this.wanted.indexOf(part);
    const numbers = this.wanted.slice(from, from + batch).filter((number) => !this.#urls.has(number));
    const signed = this.client.op(
      'uploads.parts.sign',
      { parts_id: this.partsId, part_numbers: numbers },
      this.options,
    );
    for (const number of numbers) {
      const url = signed.then(({ urls }) => urls.find((each) => each.part_number === number)?.url ?? '');
      url.catch(() => this.#urls.delete(number));
      this.#urls.set(number, url);
    }
    return this.#urls.get(part) as Promise<string>;
  }

  /** It did not serve, as one whose hour is over: the next call signs another. */
  forget(part: number): void {
    this.#urls.delete(part);
  }
}

// The server that a test talks to, and a line to it that fails on purpose.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Landfall, type LandfallOptions } from 'landfall-sdk';

const env = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing; tests/sdk/test_typescript.py sets it`);
  return value;
};

export const baseUrl = env('LANDFALL_URL');
export const token = env('LANDFALL_TOKEN');
export const project = env('PROJECT');
/** A GeoTIFF of some kilobytes, and one of several parts. */
export const small = env('SMALL_SCENE');
export const large = env('LARGE_SCENE');

export const scene = (path: string) => new Blob([readFileSync(path)]);

/** A client whose waits are short. */
export const client = (options: LandfallOptions = {}) =>
  new Landfall({ baseUrl, apiKey: token, ...options, retry: { base: 10, ...options.retry } });

/** Fulfils with what a promise is rejected with. */
export const failure = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => Promise.reject(new Error('It should have failed')),
    (error: unknown) => error,
  );

/** What happens to a request. */
export interface Fault {
  /** Answered by the line itself; 0: the connection is cut. */
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** The server does the request before that. */
  reaches?: boolean;
  /** One bit of the request's body is turned. */
  corrupt?: boolean;
  /** The answer breaks off after so many bytes. */
  cutAnswerAfter?: number;
  /** Milliseconds until the request goes on. */
  delay?: number;
}

export interface Seen {
  method: string;
  path: string;
  headers: http.IncomingHttpHeaders;
  size: number;
}

/** Forwards requests under its own name, so that signed addresses lead through it. */
export class Line {
  readonly seen: Seen[] = [];
  choose: (request: Seen, number: number) => Fault | undefined = () => undefined;
  readonly #listener = http.createServer((request, response) => void this.#handle(request, response));

  static async open(): Promise<Line> {
    const line = new Line();
    await new Promise<void>((resolve) => line.#listener.listen(0, '127.0.0.1', resolve));
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#listener.address() as AddressInfo).port}`;
  }

  /** How often a path was asked for. */
  count(method: string, part: string): number {
    return this.seen.filter((each) => each.method === method && each.path.includes(part)).length;
  }

  close(): void {
    this.#listener.closeAllConnections();
    this.#listener.close();
  }

  async #handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // the client went away
    }
    const body = Buffer.concat(chunks);
    const url = request.url ?? '/';
    const seen = {
      method: request.method ?? '',
      path: url.split('?')[0] ?? '',
      headers: request.headers,
      size: body.length,
    };
    this.seen.push(seen);
    const fault = this.choose(seen, this.seen.length) ?? {};
    if (fault.delay) await new Promise((resolve) => setTimeout(resolve, fault.delay));
    if (fault.corrupt) body[0] = (body[0] ?? 0) ^ 1;
    if (fault.status !== undefined) {
      if (fault.reaches) await this.#forward(seen, url, body, (answer) => void answer.resume());
      if (fault.status === 0) request.socket.destroy();
      else response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
      return;
    }
    await this.#forward(seen, url, body, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      let left = fault.cutAnswerAfter ?? Number.POSITIVE_INFINITY;
      answer.on('data', (chunk: Buffer) => {
        response.write(chunk.subarray(0, Math.max(0, left)));
        left -= chunk.length;
        if (left <= 0) setTimeout(() => request.socket.destroy(), 50);
      });
      answer.on('end', () => {
        if (left > 0) response.end();
      });
    });
  }

  #forward(seen: Seen, url: string, body: Buffer, take: (answer: http.IncomingMessage) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const options = { method: seen.method, headers: seen.headers };
      const request = http.request(new URL(url, baseUrl), options, (answer) => {
        take(answer);
        answer.on('end', resolve);
        answer.on('error', reject);
      });
      request.on('error', reject);
      request.end(body);
    });
  }
}

/** Runs with a line, and closes it. */
export async function withLine(run: (line: Line) => Promise<void>): Promise<void> {
  const line = await Line.open();
  try {
    await run(line);
  } finally {
    line.close();
  }
}

/** The first request that this is true of meets the fault; later ones do not. */
export function once(is: (request: Seen) => boolean, fault: Fault): Line['choose'] {
  let done = false;
  return (request) => {
    if (done || !is(request)) return undefined;
    done = true;
    return fault;
  };
}

/** Several of those together. */
export const each =
  (...choices: Line['choose'][]): Line['choose'] =>
  (request, number) => {
    for (const choose of choices) {
      const fault = choose(request, number);
      if (fault) return fault;
    }
    return undefined;
  };

/** Lets tasks through until it is closed, and ends what is on its way then. */
export class PauseGate {
  #isPaused = false;
  #open: () => void = () => {};
  #opened: Promise<void> = Promise.resolve();
  #running = new AbortController();

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Aborts when the gate closes; of another signal each time that it was opened. */
  get running(): AbortSignal {
    return this.#running.signal;
  }

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#opened = new Promise((resolve) => (this.#open = resolve));
    this.#running.abort();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#running = new AbortController();
    this.#open();
  }

  /** Waits until the gate is open; rejects with the reason of the signal if that aborts meanwhile. */
  async passed(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#isPaused) return;
    let stop = () => {};
    const aborted = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
    });
    await Promise.race([this.#opened, aborted]).finally(() => signal.removeEventListener('abort', stop));
  }
}

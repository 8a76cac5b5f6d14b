import { useCallback, useEffect, useState } from 'preact/hooks';
import { sentenceOf } from './client.ts';

/** What was loaded for the present keys, or why not. */
export interface Loaded<T> {
  readonly value: T | undefined;
  readonly fault: string | undefined;
  readonly isLoading: boolean;
  /** Loads it again, keeping what is there until then. */
  readonly again: () => void;
}

/** Loads something whenever its keys change; what is no longer wanted is aborted. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, keys: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<{ value?: T; fault?: string; isLoading: boolean }>({ isLoading: true });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    setState(({ value }) => (value === undefined ? { isLoading: true } : { value, isLoading: true }));
    load(controller.signal).then(
      (value) => controller.signal.aborted || setState({ value, isLoading: false }),
      (error: unknown) => controller.signal.aborted || setState({ fault: sentenceOf(error), isLoading: false }),
    );
    return () => controller.abort();
  }, [...keys, turn]);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  return { value: state.value, fault: state.fault, isLoading: state.isLoading, again };
}

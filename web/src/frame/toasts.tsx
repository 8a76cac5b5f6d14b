import { signal } from '@preact/signals';
import { text } from '../language/en.ts';
import { Icon } from './icons.tsx';

interface Toast {
  readonly id: number;
  readonly sentence: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

const toasts = signal<readonly Toast[]>([]);
let last = 0;
const shownFor = 12_000;

const drop = (id: number) => (toasts.value = toasts.value.filter((toast) => toast.id !== id));

/** Tells what happened, with what may be done about it, for some seconds. */
export function tell(sentence: string, action?: Toast['action']): void {
  const id = ++last;
  toasts.value = [...toasts.value, action ? { id, sentence, action } : { id, sentence }];
  setTimeout(() => drop(id), shownFor);
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, sentence, action }) => (
        <div class="toast" key={id}>
          <span>{sentence}</span>
          {action && (
            <button type="button" onClick={() => (drop(id), action.run())}>
              {action.label}
            </button>
          )}
          <button type="button" class="bare" aria-label={text.close} onClick={() => drop(id)}>
            <Icon name="close" size={16} />
          </button>
        </div>
      ))}
    </div>
  );
}

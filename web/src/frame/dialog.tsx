import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { text } from '../language/en.ts';
import { sentenceOf } from '../server/client.ts';

interface FormDialogProps {
  readonly title: string;
  /** Of the button that does it. */
  readonly action: string;
  readonly close: () => void;
  /** Does it; the dialog closes when it is done, and shows why it could not be. */
  readonly submit: (form: FormData) => Promise<void>;
  readonly children: ComponentChildren;
}

/** A question to the person, above everything else. */
export function FormDialog({ title, action, close, submit, children }: FormDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [fault, setFault] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    setFault(undefined);
    submit(new FormData(event.target as HTMLFormElement)).then(close, (error: unknown) => {
      setFault(sentenceOf(error));
      setBusy(false);
    });
  };
  return (
    <dialog ref={dialog} aria-label={title} onClose={close}>
      <form onSubmit={send}>
        <h2>{title}</h2>
        {fault && (
          <p class="fault" role="alert">
            {fault}
          </p>
        )}
        {children}
        <div class="buttons">
          <button type="button" class="quiet" onClick={close}>
            {text.cancel}
          </button>
          <button type="submit" disabled={isBusy}>
            {action}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** A field of a form with its label. */
export function Field({ label, hint, children }: { label: string; hint?: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label>
        <span>{label}</span>
        {children}
      </label>
      {hint && <small>{hint}</small>}
    </div>
  );
}

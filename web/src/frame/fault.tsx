import { text } from '../language/en.ts';

/** Why something is not there, and the way to try again. */
export function Fault({ sentence, again }: { sentence: string; again?: () => void }) {
  return (
    <div class="fault" role="alert">
      <p>{sentence}</p>
      {again && (
        <button type="button" class="quiet" onClick={again}>
          {text.tryAgain}
        </button>
      )}
    </div>
  );
}

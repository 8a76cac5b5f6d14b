import { Icon } from '../frame/icons.tsx';
import { tell } from '../frame/toasts.tsx';
import { text } from '../language/en.ts';
import { sentenceOf } from '../server/client.ts';

/** Something that is shown once. */
export function Secret({ value, hint, close }: { value: string; hint: string; close: () => void }) {
  const copy = () =>
    void navigator.clipboard.writeText(value).then(
      () => tell(text.item.copied),
      (error: unknown) => tell(sentenceOf(error)),
    );
  return (
    <div class="secret" role="status">
      <p>{hint}</p>
      <div class="layer-line">
        <code>{value}</code>
        <button type="button" class="bare" aria-label={text.item.copy('')} onClick={copy}>
          <Icon name="copy" size={18} />
        </button>
        <button type="button" class="bare" aria-label={text.close} onClick={close}>
          <Icon name="close" size={18} />
        </button>
      </div>
    </div>
  );
}

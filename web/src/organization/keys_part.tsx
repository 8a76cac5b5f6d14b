import type { Output } from 'landfall-sdk';
import { useState } from 'preact/hooks';
import { Field, FormDialog } from '../frame/dialog.tsx';
import { Fault } from '../frame/fault.tsx';
import { session } from '../frame/session.ts';
import { tell } from '../frame/toasts.tsx';
import { text } from '../language/en.ts';
import { client, sentenceOf } from '../server/client.ts';
import { useLoaded } from '../server/loaded.ts';
import type { PartProps } from './organization_page.tsx';
import { Secret } from './secret.tsx';

const words = text.organization;
type Key = Output<'api_keys.list'>[number];
const lives = [7, 30, 90, 365] as const;

/** Scopes that one has oneself and may give away; those that are explained come first. */
function scopesOf(): string[] {
  const own = (session.value?.scope ?? '').split(' ').filter(Boolean);
  const rank = (scope: string) => (scope in text.scopes ? 0 : 1);
  return own.toSorted((one, other) => rank(one) - rank(other) || one.localeCompare(other));
}

function KeyRow({ apiKey, again }: { apiKey: Key; again: () => void }) {
  const { id, name, prefix, permissions, expires_at, last_used_at, revoked_at } = apiKey;
  const revoke = () =>
    void client.api_keys.revoke({ key_id: id }).then(again, (error: unknown) => tell(sentenceOf(error)));
  return (
    <tr class={revoked_at ? 'gone' : ''}>
      <td>
        <b>{name}</b>
        <span class="soft block-text">
          <code>{prefix}…</code>
        </span>
      </td>
      <td class="soft">
        {revoked_at ? words.revoked : expires_at ? words.expires(text.day(expires_at)) : words.never}
        <span class="block-text">{last_used_at ? words.used(text.day(last_used_at)) : words.unused}</span>
      </td>
      <td>
        <details>
          <summary>{words.scopesOf(permissions.length)}</summary>
          <p class="soft">{permissions.join(', ')}</p>
        </details>
      </td>
      <td class="amount">
        {!revoked_at && (
          <button type="button" class="quiet small danger" aria-label={words.revokeOne(name)} onClick={revoke}>
            {words.revoke}
          </button>
        )}
      </td>
    </tr>
  );
}

function NewKey({ close, onMade }: { close: () => void; onMade: (secret: string) => void }) {
  const make = async (form: FormData) => {
    const days = Number(form.get('days'));
    const permissions = form.getAll('scope').map(String);
    const made = await client.api_keys.create({
      name: String(form.get('name')),
      permissions,
      expires_in_days: days || null,
    });
    onMade(made.key ?? '');
  };
  return (
    <FormDialog title={words.newKey} action={text.projects.make} close={close} submit={make}>
      <Field label={words.keyName}>
        <input name="name" required maxLength={200} autocomplete="off" />
      </Field>
      <Field label={words.ends}>
        <select name="days">
          <option value="0">{words.endsNever}</option>
          {lives.map((days) => (
            <option key={days} value={String(days)}>
              {words.endsDays(days)}
            </option>
          ))}
        </select>
      </Field>
      <fieldset class="scopes">
        <legend>{words.scopes}</legend>
        {scopesOf().map((scope) => (
          <label class="check" key={scope}>
            <input type="checkbox" name="scope" value={scope} defaultChecked={scope === 'items:read'} />
            <span>
              {text.scopes[scope] ?? scope}
              {text.scopes[scope] && <code class="soft"> {scope}</code>}
            </span>
          </label>
        ))}
      </fieldset>
    </FormDialog>
  );
}

/** The organization's API keys. */
export function KeysPart({ organization }: PartProps) {
  const [isMaking, setMaking] = useState(false);
  const [secret, setSecret] = useState<string>();
  const keys = useLoaded((signal) => client.api_keys.list({}, { signal }), [organization]);
  return (
    <>
      <div class="page-head">
        <h1>{words.keys}</h1>
        <button type="button" onClick={() => setMaking(true)}>
          {words.newKey}
        </button>
      </div>
      {secret && <Secret value={secret} hint={words.keyShown} close={() => setSecret(undefined)} />}
      {keys.fault && <Fault sentence={keys.fault} again={keys.again} />}
      <div class="table">
        <table>
          <tbody>
            {keys.value?.map((each) => (
              <KeyRow key={each.id} apiKey={each} again={keys.again} />
            ))}
          </tbody>
        </table>
      </div>
      {isMaking && <NewKey close={() => setMaking(false)} onMade={(made) => (setSecret(made), keys.again())} />}
    </>
  );
}

import { useState } from 'preact/hooks';
import type { Output } from 'landfall-sdk';
import { Field, FormDialog } from '../frame/dialog.tsx';
import { Fault } from '../frame/fault.tsx';
import { tell } from '../frame/toasts.tsx';
import { text } from '../language/en.ts';
import { client, sentenceOf } from '../server/client.ts';
import { useLoaded } from '../server/loaded.ts';
import type { PartProps } from './organization_page.tsx';
import { Secret } from './secret.tsx';

const words = text.organization;
type Member = Output<'organizations.members.list'>['members'][number];
type Role = Member['role'];
const roles: readonly Role[] = ['member', 'admin', 'owner'];

function RoleChoice({ label, value, onChange }: { label: string; value: Role; onChange: (role: Role) => void }) {
  return (
    <select
      class="narrow"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as Role)}
    >
      {roles.map((role) => (
        <option key={role} value={role}>
          {words.roles[role]}
        </option>
      ))}
    </select>
  );
}

function MemberRow({ organization, member, again }: { organization: string; member: Member; again: () => void }) {
  const input = { organization_id: organization, user_id: member.user_id };
  const refused = (error: unknown) => (tell(sentenceOf(error)), again());
  return (
    <tr>
      <td>
        <b>{member.name}</b>
        <span class="soft block-text">{member.email}</span>
      </td>
      <td>
        <RoleChoice
          label={`${words.role}: ${member.email}`}
          value={member.role}
          onChange={(role) => void client.organizations.members.update({ ...input, role }).then(again, refused)}
        />
      </td>
      <td class="amount">
        <button
          type="button"
          class="quiet small danger"
          aria-label={words.removeOne(member.email)}
          onClick={() => void client.organizations.members.remove(input).then(again, refused)}
        >
          {words.remove}
        </button>
      </td>
    </tr>
  );
}

/** Who belongs to the organization, and the way to invite somebody. */
export function MembersPart({ organization }: PartProps) {
  const [isInviting, setInviting] = useState(false);
  const [link, setLink] = useState<string>();
  const members = useLoaded(
    (signal) => client.organizations.members.list({ organization_id: organization }, { signal }),
    [organization],
  );
  const invite = async (form: FormData) => {
    const wanted = { organization_id: organization, email: String(form.get('email')), role: form.get('role') as Role };
    setLink((await client.users.invite(wanted)).url);
  };
  return (
    <>
      <div class="page-head">
        <h1>{words.members}</h1>
        <button type="button" onClick={() => setInviting(true)}>
          {words.invite}
        </button>
      </div>
      {link && <Secret value={link} hint={words.inviteShown} close={() => setLink(undefined)} />}
      {members.fault && <Fault sentence={members.fault} again={members.again} />}
      <div class="table">
        <table>
          <tbody>
            {members.value?.members.map((member) => (
              <MemberRow key={member.user_id} organization={organization} member={member} again={members.again} />
            ))}
          </tbody>
        </table>
      </div>
      {isInviting && (
        <FormDialog title={words.invite} action={words.invite} close={() => setInviting(false)} submit={invite}>
          <Field label={words.email}>
            <input name="email" type="email" required autocomplete="off" />
          </Field>
          <Field label={words.role}>
            <select name="role">
              {roles.map((role) => (
                <option key={role} value={role}>
                  {words.roles[role]}
                </option>
              ))}
            </select>
          </Field>
        </FormDialog>
      )}
    </>
  );
}

import { signal } from '@preact/signals';
import type { Userinfo } from 'landfall-sdk';
import { client, goToSignIn, sentenceOf } from '../server/client.ts';

/** Who is signed in, as soon as that is known. */
export const session = signal<Userinfo | undefined>(undefined);

/** Finds out who is signed in; nobody is led to the sign-in page. */
export async function openSession(): Promise<string | undefined> {
  try {
    session.value = await client.userinfo();
    return undefined;
  } catch (error) {
    return sentenceOf(error);
  }
}

/** Ends every session of the user, this one too. */
export async function signOutEverywhere(): Promise<void> {
  await client.sessions.revoke_all();
  goToSignIn();
}

import { Landfall, LandfallError, UnauthenticatedError } from 'landfall-sdk';

/** Where the console's files and pages are, with a slash at the end; below whatever prefix a proxy adds. */
export const consoleRoot = new URL('.', document.baseURI).href;
/** Where the server is, without a slash at the end. */
export const serverRoot = new URL('..', consoleRoot).href.replace(/\/$/, '');

/** The one way to the server. */
export const client = new Landfall({ baseUrl: serverRoot, session: true });

/** Leaves for the sign-in page, which leads back here. */
export function goToSignIn(): void {
  const next = location.pathname + location.search;
  location.assign(`${serverRoot}/realms/public/login?next=${encodeURIComponent(next)}`);
}

/** A sentence about a failure; a session that has ended leads to the sign-in page. */
export function sentenceOf(error: unknown): string {
  if (error instanceof UnauthenticatedError) goToSignIn();
  if (error instanceof LandfallError) return error.detail.endsWith('.') ? error.detail : `${error.detail}.`;
  return error instanceof Error ? error.message : String(error);
}

import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { consoleRoot } from '../server/client.ts';

const rootPath = new URL(consoleRoot).pathname;

/** The address below the console's root: `projects/prj_…`, and what follows the question mark. */
export interface Address {
  readonly path: string;
  readonly query: URLSearchParams;
}

const present = (): Address => ({
  path: location.pathname.slice(rootPath.length).replace(/\/$/, ''),
  query: new URLSearchParams(location.search),
});

/** Where one is; the back button changes it, too. */
export const address = signal<Address>(present());
addEventListener('popstate', () => (address.value = present()));

/** The whole path of a place of the console. */
export const hrefOf = (place: string): string => rootPath + place;

export function go(place: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', hrefOf(place));
  else history.replaceState(null, '', hrefOf(place));
  address.value = present();
  if (how === 'push') scrollTo(0, 0);
}

/** Changes what stands behind the question mark; undefined takes a name away. Leaves no step for the back button. */
export function setQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const query = new URLSearchParams(address.value.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  go(address.value.path + (text && `?${text}`), 'replace');
}

interface LinkProps {
  readonly to: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly 'aria-current'?: 'page' | undefined;
  readonly onFocus?: () => void;
}

/** A link to a place of the console, which is also a link for whoever opens it in a new tab. */
export function Link({ to, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a {...rest} href={hrefOf(to)} onClick={follow}>
      {children}
    </a>
  );
}

import { facts } from './generated/operations.js';
import type { CallOptions, Input, Listed, ListOperation, Output } from './operations.js';

/** The call that fetches one page. */
type Fetcher = (input: Record<string, unknown>, options: CallOptions) => Promise<unknown>;

interface PageLinks {
  readonly links?: readonly { readonly rel: string }[];
  readonly next_token?: string | null;
  readonly next_after?: number | null;
  readonly total?: number;
}

/** What to add to the input for the page that follows; undefined behind the last. */
function following(
  id: ListOperation,
  page: PageLinks,
  pageNumber: number,
  seen: number,
): Record<string, unknown> | undefined {
  switch (facts[id].paging) {
    case 'page_token':
      return page.next_token ? { page_token: page.next_token, offset: undefined } : undefined;
    case 'after':
      return page.next_after != null ? { after: page.next_after } : undefined;
    case 'page':
      return page.links?.some((link) => link.rel === 'next') ? { page: pageNumber + 1 } : undefined;
    case 'offset':
      return page.total !== undefined && seen < page.total ? { offset: seen } : undefined;
    default:
      return undefined;
  }
}

/** What is listed on a page. */
function entriesOf<Id extends ListOperation>(id: Id, page: Output<Id>): Listed[Id][] {
  const { listed } = facts[id];
  return (listed ? (page as Record<string, unknown>)[listed] : page) as Listed[Id][];
}

/** The pages of a list, each fetched when it is asked for. */
export async function* pages<Id extends ListOperation>(
  id: Id,
  input: Input<Id>,
  fetchPage: Fetcher,
  options: CallOptions,
): AsyncGenerator<Output<Id>, void, undefined> {
  const first = input as { offset?: number; page?: number };
  let more: Record<string, unknown> | undefined = {};
  let seen = first.offset ?? 0;
  for (let number = first.page ?? 0; more; ++number) {
    const page = (await fetchPage({ ...input, ...more }, options)) as Output<Id>;
    yield page;
    const count = entriesOf(id, page).length;
    seen += count;
    more = following(id, page as PageLinks, number, seen);
    // A total that others changed meanwhile must not have the last page asked for again and again.
    if (count === 0 && facts[id].paging === 'offset') more = undefined;
  }
}

/** The entries of all pages. */
export async function* entries<Id extends ListOperation>(
  id: Id,
  input: Input<Id>,
  fetchPage: Fetcher,
  options: CallOptions,
): AsyncGenerator<Listed[Id], void, undefined> {
  for await (const page of pages(id, input, fetchPage, options)) yield* entriesOf(id, page);
}

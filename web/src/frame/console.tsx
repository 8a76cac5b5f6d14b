import { type ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { text } from '../language/en.ts';
import { ProjectsPage } from '../projects/projects_page.tsx';
import { sentenceOf } from '../server/client.ts';
import { Frame } from './frame.tsx';
import { Notice } from './notice.tsx';
import { address, Link } from './router.tsx';

type Params = Readonly<Record<string, string>>;
type Page = ComponentType<Params>;

/** A pattern of paths, and the page there; all but the first page are fetched when they are wanted. */
const places: readonly (readonly [string, () => Page | Promise<Page>])[] = [
  ['', () => ProjectsPage as Page],
  [
    'projects/:project',
    () => import('../catalog/explore_page.tsx').then((module) => module.ExplorePage as unknown as Page),
  ],
  [
    'projects/:project/items/:item',
    () => import('../item/item_page.tsx').then((module) => module.ItemPage as unknown as Page),
  ],
  [
    'organization/:part',
    () => import('../organization/organization_page.tsx').then((module) => module.OrganizationPage as unknown as Page),
  ],
];

/** The named segments of a path that a pattern fits. */
function match(pattern: string, path: string): Params | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [n, segment] of wanted.entries()) {
    const value = given[n] ?? '';
    if (segment.startsWith(':')) params[segment.slice(1)] = decodeURIComponent(value);
    else if (segment !== value) return undefined;
  }
  return params;
}

function find(path: string) {
  for (const [pattern, open] of places) {
    const params = match(pattern, path);
    if (params) return { pattern, params, open };
  }
  return undefined;
}

function NotFound() {
  return (
    <Notice title={text.notFound} hint={text.notFoundHint}>
      <Link to="">{text.toProjects}</Link>
    </Notice>
  );
}

export function Console() {
  const found = find(address.value.path);
  const [opened, setOpened] = useState<{ pattern: string; page: Page }>();
  const [fault, setFault] = useState<string>();
  const pattern = found?.pattern;
  useEffect(() => {
    let wanted = true;
    setFault(undefined);
    void Promise.resolve(found?.open()).then(
      (page) => wanted && page && pattern !== undefined && setOpened({ pattern, page }),
      (error: unknown) => wanted && setFault(sentenceOf(error)),
    );
    return () => (wanted = false);
  }, [pattern]);
  const Page = opened && opened.pattern === pattern ? opened.page : undefined;
  return (
    <Frame>
      {!found && <NotFound />}
      {fault && <Notice title={fault} />}
      {found && Page && <Page {...found.params} key={JSON.stringify(found.params)} />}
      {found && !Page && !fault && <p class="loading">{text.loading}</p>}
    </Frame>
  );
}

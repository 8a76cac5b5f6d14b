import { Link } from '../frame/router.tsx';
import { text } from '../language/en.ts';
import { client } from '../server/client.ts';
import { useLoaded } from '../server/loaded.ts';

/** An item from which another was made, or that was made from it. */
interface Relative {
  readonly item_id: string;
  readonly name: string | null;
  readonly relation: string;
  readonly parents?: readonly Relative[];
  readonly children?: readonly Relative[];
}

function Branch({ project, relatives }: { project: string; relatives: readonly Relative[] }) {
  return (
    <ul class="tree">
      {relatives.map((each) => (
        <li key={each.item_id}>
          <Link to={`projects/${project}/items/${each.item_id}`}>{each.name ?? each.item_id}</Link>{' '}
          <span class="soft">{each.relation.replaceAll('_', ' ')}</span>
          <Branch project={project} relatives={each.parents ?? each.children ?? []} />
        </li>
      ))}
    </ul>
  );
}

/** What an item was made from, and what was made from it; nothing where it stands alone. */
export function LineagePanel({ project, item }: { project: string; item: string }) {
  const lineage = useLoaded((signal) => client.items.lineage({ item_id: item }, { signal }), [item]);
  const parents = (lineage.value?.parents ?? []) as readonly Relative[];
  const children = (lineage.value?.children ?? []) as readonly Relative[];
  if (parents.length + children.length === 0) return null;
  return (
    <section class="block">
      {parents.length > 0 && <h2>{text.item.parents}</h2>}
      <Branch project={project} relatives={parents} />
      {children.length > 0 && <h2>{text.item.children}</h2>}
      <Branch project={project} relatives={children} />
    </section>
  );
}

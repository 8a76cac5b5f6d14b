import type { Output } from 'landfall-sdk';
import { useMemo, useState } from 'preact/hooks';
import { Field, FormDialog } from '../frame/dialog.tsx';
import { Fault } from '../frame/fault.tsx';
import { Icon } from '../frame/icons.tsx';
import { Notice } from '../frame/notice.tsx';
import { address, go, Link, setQuery } from '../frame/router.tsx';
import { useTitle } from '../frame/title.ts';
import { text } from '../language/en.ts';
import { client } from '../server/client.ts';
import { useLoaded } from '../server/loaded.ts';

type Project = Output<'projects.list'>['projects'][number];

const words = text.projects;
/** From so many on there is a box to find one. */
const filterFrom = 12;

async function allProjects(signal: AbortSignal): Promise<Project[]> {
  const found: Project[] = [];
  for await (const project of client.iterate('projects.list', { limit: 1000 }, { signal })) found.push(project);
  return found;
}

function ProjectCard({ project }: { project: Project }) {
  return (
    <li class="card">
      <Link to={`projects/${project.id}`}>
        <h2>{project.name}</h2>
        <p>{words.items(project.item_count)}</p>
        <p class="soft">
          {words.role(project.role)}, {words.since(text.day(project.created_at))}
        </p>
      </Link>
    </li>
  );
}

function NewProject({ close }: { close: () => void }) {
  const make = async (form: FormData) => {
    const made = await client.projects.create({ name: String(form.get('name')) });
    go(`projects/${made.id}`);
  };
  return (
    <FormDialog title={words.create} action={words.make} close={close} submit={make}>
      <Field label={words.name}>
        <input name="name" required maxLength={255} autocomplete="off" />
      </Field>
    </FormDialog>
  );
}

/** The projects that one may see; where there is one, one is already in it. */
export function ProjectsPage() {
  const [isMaking, setMaking] = useState(false);
  const projects = useLoaded(allProjects, []);
  const sought = address.value.query.get('q') ?? '';
  useTitle(words.title);
  const shown = useMemo(
    () => projects.value?.filter((each) => each.name.toLowerCase().includes(sought.toLowerCase())),
    [projects.value, sought],
  );
  return (
    <div class="page">
      <div class="page-head">
        <h1>{words.title}</h1>
        <button type="button" onClick={() => setMaking(true)}>
          <Icon name="plus" size={16} /> {words.create}
        </button>
      </div>
      {projects.fault && <Fault sentence={projects.fault} again={projects.again} />}
      {!projects.value && projects.isLoading && <p class="loading">{text.loading}</p>}
      {(projects.value?.length ?? 0) >= filterFrom && (
        <input
          type="search"
          aria-label={words.filter}
          placeholder={words.filter}
          value={sought}
          onInput={(event) => setQuery({ q: event.currentTarget.value })}
        />
      )}
      {shown?.length === 0 && <Notice title={words.none} hint={words.noneHint} />}
      <ul class="cards">
        {shown?.map((project) => (
          <ProjectCard key={project.id} project={project} />
        ))}
      </ul>
      {isMaking && <NewProject close={() => setMaking(false)} />}
    </div>
  );
}

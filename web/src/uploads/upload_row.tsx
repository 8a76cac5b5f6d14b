import { Icon } from '../frame/icons.tsx';
import { Link } from '../frame/router.tsx';
import { text } from '../language/en.ts';
import { CrsForm } from './crs_form.tsx';
import { dismiss, type Entry, goOn, pause, retry, stop } from './queue.ts';

const words = text.uploads;
const isMoving = (entry: Entry) => ['sending', 'paused', 'waiting'].includes(entry.stage);

function statusOf(entry: Entry): string {
  const parts: string[] = [words.stage[entry.stage] ?? entry.stage];
  if (isMoving(entry)) parts.push(`${text.bytes(entry.sent)} / ${text.bytes(entry.total)}`);
  if (entry.stage === 'sending' && entry.speed > 0) {
    parts.push(text.perSecond(entry.speed), words.left((entry.total - entry.sent) / entry.speed));
  }
  return parts.join(' · ');
}

function Buttons({ entry }: { entry: Entry }) {
  const { id, stage, group } = entry;
  return (
    <>
      {(stage === 'sending' || stage === 'waiting') && (
        <button type="button" class="bare" aria-label={words.pause(group.name)} onClick={() => pause(id)}>
          <Icon name="pause" size={16} />
        </button>
      )}
      {stage === 'paused' && (
        <button type="button" class="bare" aria-label={words.resume(group.name)} onClick={() => goOn(id)}>
          <Icon name="play" size={16} />
        </button>
      )}
      {isMoving(entry) ? (
        <button type="button" class="bare" aria-label={words.stop(group.name)} onClick={() => stop(id)}>
          <Icon name="close" size={16} />
        </button>
      ) : (
        stage !== 'processing' && (
          <button type="button" class="bare" aria-label={words.dismiss(group.name)} onClick={() => dismiss(id)}>
            <Icon name="close" size={16} />
          </button>
        )
      )}
    </>
  );
}

/** One upload: how far it is, and what one can do about it. */
export function UploadRow({ entry, onShow }: { entry: Entry; onShow: (items: readonly string[]) => void }) {
  const { stage, group, sent, total, reason, itemIds, project, doubts } = entry;
  const [first] = itemIds;
  return (
    <li class={`upload ${stage}`}>
      <div class="layer-line">
        <b class="layer-name">
          {first ? <Link to={`projects/${project}/items/${first}`}>{group.name}</Link> : group.name}
        </b>
        <Buttons entry={entry} />
      </div>
      {stage !== 'done' && stage !== 'failed' && (
        <progress
          max={Math.max(total, 1)}
          value={stage === 'processing' ? undefined : sent}
          aria-label={words.progress(group.name)}
        />
      )}
      <p class="soft">{statusOf(entry)}</p>
      {stage !== 'done' && doubts.map((doubt) => <p key={doubt}>{doubt}</p>)}
      {reason && <p class={stage === 'failed' ? 'fault' : 'soft'}>{reason}</p>}
      {(stage === 'failed' || stage === 'aborted') && (
        <button type="button" class="quiet small" onClick={() => retry(entry.id)}>
          {words.again}
        </button>
      )}
      {stage === 'done' && first && (
        <>
          <button type="button" class="quiet small" onClick={() => onShow(itemIds)}>
            {words.show}
          </button>
          <CrsForm item={first} onPlaced={() => onShow(itemIds)} />
        </>
      )}
    </li>
  );
}

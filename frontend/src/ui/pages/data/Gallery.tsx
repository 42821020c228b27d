/** Thumbnails of a data set with search and filters, page by page. */
import { useDeferredValue, useState, type ReactElement } from 'react';
import { Link } from 'react-router';

import type { Id, Image } from '../../../api';
import { useT } from '../../messages';
import { rowsOf, usePaged } from '../../shell/queries';
import { Empty, ErrorState, Loading } from '../../shell/states';
import { Thumb } from './Thumb';
import { wordsOf } from './UploadList';

const PAGE_SIZE = 60;

interface Filters {
  search: string;
  split: string;
  status: string;
  group: string;
}

function FilterBar({
  value,
  onChange,
}: {
  value: Filters;
  onChange: (next: Filters) => void;
}): ReactElement {
  const t = useT();
  return (
    <div className="row wrap" role="search">
      <input
        className="input auto"
        type="search"
        placeholder={t('data.search')}
        aria-label={t('data.search')}
        value={value.search}
        onChange={(event) => onChange({ ...value, search: event.target.value })}
      />
      <select
        className="input auto"
        aria-label={t('data.split')}
        value={value.split}
        onChange={(event) => onChange({ ...value, split: event.target.value })}
      >
        <option value="">{t('data.allSplits')}</option>
        <option value="train">{t('split.train')}</option>
        <option value="val">{t('split.val')}</option>
        <option value="test">{t('split.test')}</option>
      </select>
      <select
        className="input auto"
        aria-label={t('data.status')}
        value={value.status}
        onChange={(event) => onChange({ ...value, status: event.target.value })}
      >
        <option value="">{t('data.allStates')}</option>
        <option value="ready">{t('data.ready')}</option>
        <option value="queued">{t('data.preparing')}</option>
        <option value="failed">{t('data.failed')}</option>
      </select>
      <input
        className="input auto"
        type="search"
        placeholder={t('data.group')}
        aria-label={t('data.group')}
        value={value.group}
        onChange={(event) => onChange({ ...value, group: event.target.value })}
      />
    </div>
  );
}

function Tile({ projectId, image }: { projectId: Id; image: Image }): ReactElement {
  const t = useT();
  return (
    <li className="tile">
      <Link to={`/projects/${projectId}/data/${image.id}`}>
        <div className="tile-picture">
          <Thumb image={image} />
        </div>
        <div className="tile-name truncate" title={image.name}>
          {image.name}
        </div>
      </Link>
      <div className="row between small muted">
        <span>{t(`split.${image.split}`)}</span>
        <span>
          {image.size.x} × {image.size.y}
        </span>
      </div>
      {image.status === 'failed' ? (
        <div className="small bad-text">{wordsOf(t, image.code, image.detail)}</div>
      ) : null}
    </li>
  );
}

interface Props {
  projectId: Id;
  dataset: Id;
  onUpload: () => void;
}

export function Gallery({ projectId, dataset, onUpload }: Props): ReactElement {
  const t = useT();
  const [filters, setFilters] = useState<Filters>({ search: '', split: '', status: '', group: '' });
  const asked = useDeferredValue(filters);
  const [waiting, setWaiting] = useState(true);
  const query = usePaged<Image>(
    ['images'],
    'images',
    { dataset, page_size: PAGE_SIZE, ...asked },
    waiting ? 3000 : false,
  );
  const images = rowsOf(query.data);
  const stillPreparing = images.some((image) => image.status === 'queued');
  if (query.data && stillPreparing !== waiting) setWaiting(stillPreparing);
  const filtered = Object.values(asked).some(Boolean);

  return (
    <div className="stack">
      <FilterBar value={filters} onChange={setFilters} />
      {query.isPending ? <Loading /> : null}
      {query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      {query.data && images.length === 0 ? (
        <Empty
          title={t(filtered ? 'data.noneFound' : 'data.emptyTitle')}
          text={t(filtered ? 'data.noneFoundText' : 'data.emptyText')}
        >
          {filtered ? null : (
            <button type="button" className="btn primary" onClick={onUpload}>
              {t('data.upload')}
            </button>
          )}
        </Empty>
      ) : null}
      <ul className="gallery">
        {images.map((image) => (
          <Tile key={image.id} projectId={projectId} image={image} />
        ))}
      </ul>
      {query.hasNextPage ? (
        <div>
          <button
            type="button"
            className="btn"
            disabled={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t('do.more')}
          </button>
        </div>
      ) : null}
    </div>
  );
}

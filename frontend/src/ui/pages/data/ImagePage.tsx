/** One picture: a larger view, histogram, size, calibration and what its file said about it. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { Link, useNavigate, useParams } from 'react-router';

import { api, type Histogram, type Image } from '../../../api';
import { HistogramChart } from '../../charts/HistogramChart';
import { useT } from '../../messages';
import { Confirm } from '../../shell/Dialog';
import { number } from '../../shell/format';
import { useAction } from '../../shell/mutate';
import { PageHead } from '../../shell/PageHead';
import { useImage } from '../../shell/queries';
import { canManage } from '../../shell/roles';
import { ErrorState, Loaded, LoadingPage } from '../../shell/states';
import type { ProjectPageProps } from '../../shell/WithProject';
import { SceneView } from '../review/SceneView';
import { useScene } from '../review/useScene';
import { wordsOf } from './UploadList';

function sizeText(image: Image): string {
  const { t, c, z, y, x } = image.size;
  const parts = [`${x} × ${y}`];
  if (z > 1) parts.push(`Z ${z}`);
  if (t > 1) parts.push(`T ${t}`);
  if (c > 1) parts.push(`C ${c}`);
  return parts.join(' · ');
}

function Facts({ image }: { image: Image }): ReactElement {
  const t = useT();
  const pixel = image.pixel_size_um;
  const rows: [string, string][] = [
    [t('image.size'), sizeText(image)],
    [t('image.dtype'), image.dtype],
    [
      t('image.pixel'),
      pixel ? `${number(pixel.x, 4)} × ${number(pixel.y, 4)} µm` : t('image.uncalibrated'),
    ],
    [t('data.split'), t(`split.${image.split}`)],
    [t('data.group'), image.group || '-'],
    [t('image.reference'), t(image.has_reference_mask ? 'image.yes' : 'image.no')],
    [t('image.channels'), image.channels.map((channel) => channel.name).join(', ') || '-'],
    ['SHA-256', image.sha256],
  ];
  if (image.axes_note) rows.push([t('image.axes'), image.axes_note]);
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <Fact key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

function Fact({ name, value }: { name: string; value: string }): ReactElement {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Metadata({ values }: { values: Record<string, unknown> }): ReactElement | null {
  const t = useT();
  const rows = Object.entries(values);
  if (rows.length === 0) return null;
  return (
    <section className="card">
      <header>
        <h2>{t('image.metadata')}</h2>
      </header>
      <dl className="facts">
        {rows.map(([name, value]) => (
          <Fact
            key={name}
            name={name}
            value={typeof value === 'string' ? value : JSON.stringify(value)}
          />
        ))}
      </dl>
    </section>
  );
}

function HistogramCard({ image }: { image: Image }): ReactElement {
  const t = useT();
  const histogram = useQuery({
    queryKey: ['histogram', image.id],
    queryFn: () => api.get<Histogram>(`images/${image.id}/histogram`),
    enabled: image.status === 'ready',
    staleTime: Infinity,
  });
  return (
    <section className="card">
      <header>
        <h2>{t('image.histogram')}</h2>
        <span className="muted small">{t('image.histogramHint')}</span>
      </header>
      <Loaded query={histogram}>
        {(data) => <HistogramChart histogram={data} channels={image.channels} />}
      </Loaded>
    </section>
  );
}

function Picture({ image }: { image: Image }): ReactElement {
  return <SceneView scene={useScene(image)} name={image.name} />;
}

export function ImagePage({ project }: ProjectPageProps): ReactElement {
  const t = useT();
  const navigate = useNavigate();
  const query = useImage(Number(useParams().imageId));
  const [asking, setAsking] = useState(false);
  const back = `/projects/${project.id}/data`;
  const remove = useAction((id: number) => api.delete(`images/${id}`), {
    refresh: [['images']],
    done: t('image.deleted'),
    onDone: () => void navigate(back),
  });
  if (query.isError) return <ErrorState error={query.error} />;
  if (!query.data) return <LoadingPage />;
  const image = query.data;
  return (
    <div className="page">
      <PageHead title={image.name} crumbs={<Link to={back}>{t('nav.data')}</Link>}>
        {canManage(project) ? (
          <button type="button" className="btn danger" onClick={() => setAsking(true)}>
            {t('do.delete')}
          </button>
        ) : null}
      </PageHead>
      {image.status === 'failed' ? (
        <p className="notice bad">{wordsOf(t, image.code, image.detail)}</p>
      ) : null}
      <div className="cols wide-left">
        <div className="stack">
          <section className="card flush">
            {image.status === 'ready' ? (
              <Picture image={image} />
            ) : (
              <p className="pad">{t('data.preparing')}</p>
            )}
          </section>
          {image.status === 'ready' ? <HistogramCard image={image} /> : null}
        </div>
        <div className="stack">
          <section className="card">
            <header>
              <h2>{t('image.facts')}</h2>
            </header>
            <Facts image={image} />
          </section>
          <Metadata values={image.metadata} />
        </div>
      </div>
      {asking ? (
        <Confirm
          title={t('image.deleteTitle')}
          text={t('image.deleteText')}
          action={t('do.delete')}
          danger
          onConfirm={() => remove.mutate(image.id)}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </div>
  );
}

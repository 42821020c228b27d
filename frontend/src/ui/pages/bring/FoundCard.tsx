/** What a file held: checked, described, tried on a picture, and taken into use. */
import { useState, type ReactElement } from 'react';
import { Link } from 'react-router';

import { api, type ModelImport, type ModelVersion, type Project } from '../../../api';
import { getLanguage, serverSentence, useT } from '../../messages';
import { number, percent } from '../../shell/format';
import { Confirm } from '../../shell/Dialog';
import { useAction } from '../../shell/mutate';
import { canAnnotate, canManage } from '../../shell/roles';
import { PredictedCard } from '../use/PredictedCard';
import { TryPicture } from '../use/TryPicture';
import { checkOf, factsOf, plainText } from './found';

interface Props {
  project: Project;
  row: ModelImport;
}

function Refused({ row }: { row: ModelImport }): ReactElement {
  const t = useT();
  const sentence = serverSentence(row.code, row.detail);
  return (
    <div className="notice bad stack" role="alert">
      <b>{t('bring.refused')}</b>
      <p>{sentence}</p>
      {/* A translated sentence names no field; the server's own does. */}
      {getLanguage() !== 'en' && sentence !== row.detail ? (
        <p className="small" lang="en">
          {row.detail}
        </p>
      ) : null}
      <p className="small">{t('bring.refusedText')}</p>
    </div>
  );
}

function Checked({ row }: { row: ModelImport }): ReactElement | null {
  const t = useT();
  const { checked } = row.found;
  const check = checkOf(row.found);
  if (!checked || !check) return null;
  return (
    <p className={`notice ${check === 'made_up_picture' ? 'warn' : 'ok'}`}>
      {t(`bring.checked.${check}`, {
        agree: percent(checked.agree),
        largest: number(checked.largest, 5),
        input: (checked.input ?? []).join(' × '),
        output: (checked.output ?? []).join(' × '),
      })}
    </p>
  );
}

function Adopt({ project, model }: { project: Project; model: number }): ReactElement {
  const t = useT();
  const [asked, setAsked] = useState(false);
  const refresh = [
    ['models', project.id],
    ['model', model],
  ];
  const measure = useAction(() => api.post<ModelVersion>(`models/${model}/measure`), {
    refresh,
    done: t('bring.measuring'),
  });
  const promote = useAction(() => api.post<ModelVersion>(`models/${model}/promote`), {
    refresh,
    done: t('models.promoted'),
  });
  return (
    <>
      <div className="row wrap">
        <button
          type="button"
          className="btn primary"
          disabled={measure.isPending}
          onClick={() => measure.mutate(undefined)}
        >
          {t('bring.measure')}
        </button>
        <button
          type="button"
          className="btn"
          disabled={promote.isPending}
          onClick={() => setAsked(true)}
        >
          {t('bring.adopt')}
        </button>
        <Link className="btn" to={`/projects/${project.id}/models/${model}`}>
          {t('bring.toModel')}
        </Link>
      </div>
      <p className="muted small">{t('bring.adoptText')}</p>
      {asked ? (
        <Confirm
          title={t('bring.adoptTitle')}
          text={t('bring.adoptConfirm')}
          action={t('bring.adopt')}
          onConfirm={() => {
            setAsked(false);
            promote.mutate(undefined);
          }}
          onClose={() => setAsked(false)}
        />
      ) : null}
    </>
  );
}

export function FoundCard({ project, row }: Props): ReactElement {
  const t = useT();
  const [answer, setAnswer] = useState<string | null>(null);
  if (row.state === 'failed') return <Refused row={row} />;
  if (row.state !== 'done' || row.model_version === null) {
    return (
      <p className="notice" role="status">
        {t('bring.looking')}
      </p>
    );
  }
  return (
    <>
      <section className="card stack">
        <header>
          <h2>{plainText(row.found.about?.name) || row.filename}</h2>
          <span className="badge accent">
            {t(row.found.trainable ? 'bring.trainable' : 'bring.fixed')}
          </span>
        </header>
        <Checked row={row} />
        <dl className="facts">
          {factsOf(row, t).map(([name, value]) => (
            <div key={name} style={{ display: 'contents' }}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {canManage(project) ? <Adopt project={project} model={row.model_version} /> : null}
      </section>
      {canAnnotate(project) ? (
        <TryPicture
          project={project}
          model={row.model_version}
          uncertainty={false}
          onAnswer={setAnswer}
        />
      ) : null}
      {answer ? <PredictedCard key={answer} path={`predictions/${answer}`} /> : null}
    </>
  );
}

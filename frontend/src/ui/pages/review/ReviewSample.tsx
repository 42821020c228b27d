/** One sample under review: consensus and answers side by side, what people differ about, and the decision. */
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore, type ReactElement } from 'react';

import {
  api,
  ApiProblem,
  fetchAll,
  type Answer,
  type CellAgreement,
  type Consensus,
  type Project,
  type Sample,
} from '../../../api';
import { loadHistogram } from '../../../engine/sync/tasks';
import { useT } from '../../messages';
import { useImage } from '../../shell/queries';
import { Loaded } from '../../shell/states';
import { ReviewKeys } from '../../canvas/CheatSheet';
import { Answers } from './Answers';
import { CellList } from './CellList';
import { ContrastBox } from './ContrastBox';
import { NoteList } from './NoteList';
import { Planes } from './Planes';
import { ReviewBar, ViewBar } from './ReviewBar';
import { SendBack } from './SendBack';
import { StartDialog } from './StartDialog';
import { useJudging, type Judged, type Judging } from './useJudging';

interface Props {
  project: Project;
  sample: Sample;
  onMove: (by: 1 | -1) => void;
  onDecided: () => void;
}

function Body(props: Judged): ReactElement {
  const { project, sample, agreement } = props;
  const t = useT();
  const judging = useJudging(props);
  const { scene, answers, placing } = judging;
  const { slice } = useSyncExternalStore(scene.subscribe, scene.snapshot);
  const outlined = project.task_kind !== 'classification';
  return (
    <>
      <div className="review-side">
        <NoteList notes={judging.notes} nameOf={judging.nameOf} onGo={judging.goToNote} />
        {agreement && outlined && answers.length > 1 ? (
          <CellList
            agreement={agreement}
            people={answers.length}
            classes={project.classes}
            nameOf={judging.nameOf}
            current={judging.cellAt}
            onGo={judging.goToCell}
          />
        ) : null}
        <ContrastBox scene={scene} />
      </div>
      <div className="stack review-main">
        <ReviewBar sample={sample} judging={judging} />
        <ViewBar judging={judging} outlined={outlined} />
        <Planes scene={scene} />
        {placing ? (
          <p className="notice" role="status">
            {t('review.placing')}
          </p>
        ) : null}
        <Answers project={project} sample={sample} judging={judging} slice={slice} />
      </div>
      <Dialogs sample={sample} judging={judging} />
    </>
  );
}

function Dialogs({ sample, judging }: { sample: Sample; judging: Judging }): ReactElement | null {
  const { answers, consensus, chosen, dialog, setDialog, notes, nameOf, decide } = judging;
  const onClose = (): void => setDialog(null);
  if (dialog === 'send') {
    return (
      <SendBack
        answers={answers}
        notes={notes.list}
        nameOf={nameOf}
        onClose={onClose}
        onSend={(decision) => {
          onClose();
          decide(decision);
        }}
      />
    );
  }
  if (dialog === 'help') return <ReviewKeys onClose={onClose} />;
  if (dialog === 'start') {
    return (
      <StartDialog
        sample={sample.id}
        answers={answers}
        hasConsensus={consensus !== null}
        hasTruth={sample.state === 'accepted'}
        chosen={chosen?.annotation}
        nameOf={nameOf}
        onOpened={judging.openCorrection}
        onClose={onClose}
      />
    );
  }
  return null;
}

/** What the path answers, or null while there is none (answers that nobody fused yet). */
async function loadIfThere<T>(path: string): Promise<T | null> {
  try {
    return await api.get<T>(path);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

export function ReviewSample(props: Props): ReactElement {
  const { id, image: imageId } = props.sample;
  const image = useImage(imageId);
  // Kept as it is: another histogram would make the views begin anew.
  const histogram = useQuery({
    queryKey: ['channel-histogram', imageId],
    queryFn: () => loadHistogram(imageId),
    staleTime: Infinity,
  });
  const answers = useQuery({
    queryKey: ['answers', id],
    queryFn: ({ signal }) => fetchAll<Answer>(`samples/${id}/answers`, {}, 100, signal),
  });
  const consensus = useQuery({
    queryKey: ['consensus', id],
    queryFn: () => loadIfThere<Consensus>(`samples/${id}/consensus`),
  });
  const agreement = useQuery({
    queryKey: ['agreement', id],
    queryFn: () => loadIfThere<CellAgreement>(`samples/${id}/agreement`),
  });
  return (
    <Loaded query={image} lines={5}>
      {(picture) => (
        <Loaded query={histogram}>
          {(bins) => (
            <Loaded query={answers}>
              {(list) => (
                <Loaded query={consensus}>
                  {(agreed) => (
                    <Body
                      {...props}
                      image={picture}
                      histogram={bins}
                      answers={list}
                      consensus={agreed}
                      agreement={agreement.data ?? null}
                    />
                  )}
                </Loaded>
              )}
            </Loaded>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

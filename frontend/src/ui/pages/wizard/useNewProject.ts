/** What the new-project page does: makes the data set at the first drop, then the project. */
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState, useSyncExternalStore } from 'react';

import { api, type DataSet, type Lab, type Project } from '../../../api';
import { useT } from '../../messages';
import type { PickedFile } from '../data/picked';
import { countUploads, UploadQueue } from '../data/uploadQueue';
import { projectBody, type NewProject } from './defaults';

export interface NewProjectFlow {
  queue: UploadQueue;
  /** The data set that the drops went into, once there is one. */
  freshSet: number | null;
  hasAccepted: boolean;
  isUploading: boolean;
  uploadError: unknown;
  addFiles: (files: PickedFile[]) => Promise<void>;
  create: (value: NewProject, sets: number[]) => Promise<Project>;
}

/** A name that no data set of the lab has yet: "Images", "Images 2", ... */
export function freeName(base: string, taken: string[]): string {
  if (!taken.includes(base)) return base;
  let n = 2;
  while (taken.includes(`${base} ${n}`)) n += 1;
  return `${base} ${n}`;
}

export function useNewProject(lab: Lab, name: string, sets: DataSet[]): NewProjectFlow {
  const t = useT();
  const client = useQueryClient();
  const [queue] = useState(() => new UploadQueue());
  const [freshSet, setFreshSet] = useState<number | null>(null);
  const [uploadError, setUploadError] = useState<unknown>(null);
  const making = useRef<Promise<number> | null>(null);
  const items = useSyncExternalStore(queue.subscribe, queue.getSnapshot);
  const counts = countUploads(items);

  const makeSet = async (): Promise<number> => {
    const title = freeName(
      name.trim() || t('wizard.setName'),
      sets.map((set) => set.name),
    );
    const made = await api.post<DataSet>('datasets', { lab: lab.id, name: title });
    setFreshSet(made.id);
    return made.id;
  };

  return {
    queue,
    freshSet,
    hasAccepted: counts.accepted > 0,
    isUploading: counts.finished < counts.total,
    uploadError,
    addFiles: async (files) => {
      setUploadError(null);
      try {
        // Two drops in quick succession share the one data set that is being made.
        making.current ??= makeSet();
        queue.add(files, { dataset: await making.current });
      } catch (error) {
        making.current = null;
        setUploadError(error);
      }
    },
    create: async (value, chosen) => {
      const datasets =
        freshSet === null || chosen.includes(freshSet) ? chosen : [freshSet, ...chosen];
      const project = await api.post<Project>('projects', projectBody(value, lab.id, datasets));
      if (project.policy.accept_rule !== value.accept) {
        await api.patch(`projects/${project.id}`, { policy: { accept_rule: value.accept } });
      }
      await client.invalidateQueries({ queryKey: ['projects'] });
      await client.invalidateQueries({ queryKey: ['datasets'] });
      return project;
    },
  };
}

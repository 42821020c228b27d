/** Lets a new project's trainings start from a preset, once there are pictures to tell it by. */
import { useQuery } from '@tanstack/react-query';

import { api, type Presets, type Project } from '../../../api';
import { useT } from '../../messages';
import { toast } from '../../shell/toasts';
import { presetText } from '../search/presets';

/**
 * True once it is done. `preset` is a name, 'auto' for the one that suits the pictures, or '' for the defaults.
 * A failure keeps nobody from labelling: the run dialog proposes it again.
 */
export function usePreset(project: Project, preset: string, hasPictures: boolean): boolean {
  const t = useT();
  const wanted = preset !== '' && hasPictures;
  const done = useQuery({
    queryKey: ['first-preset', project.id],
    enabled: wanted,
    retry: 1,
    staleTime: Infinity,
    queryFn: async () => {
      const offered = await api.get<Presets>(`projects/${project.id}/presets`);
      const name = preset === 'auto' ? offered.suggested : preset;
      const found = offered.presets.find((row) => row.name === name);
      if (found) {
        await api.put(`projects/${project.id}/training-settings`, { preset: found.name });
        toast(t('wizard.presetUsed', { name: presetText(t, found, 'title') }), 'ok');
      }
      return true;
    },
  });
  return preset === '' || done.isSuccess || done.isError;
}

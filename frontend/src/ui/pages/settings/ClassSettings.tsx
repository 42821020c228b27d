import { useState, type ReactElement } from 'react';

import type { LabelClass, Project } from '../../../api';
import { useT } from '../../messages';
import { ClassEditor } from '../wizard/ClassEditor';
import type { NewClass } from '../wizard/defaults';
import { SettingsForm } from './SettingsForm';

type EditedClass = NewClass & Partial<Pick<LabelClass, 'id' | 'index'>>;

export function ClassSettings({ project }: { project: Project }): ReactElement {
  const t = useT();
  const [classes, setClasses] = useState<EditedClass[]>(project.classes);
  const names = classes.map((item) => item.name.trim());
  const invalid = names.some((name) => !name) || new Set(names).size !== names.length;
  return (
    <SettingsForm
      project={project}
      title={t('wizard.classes')}
      invalid={invalid}
      body={() => ({
        classes: classes.map(({ id, index, name, color, key }) => ({
          ...(id === undefined ? {} : { id, index }),
          name: name.trim(),
          color,
          key,
        })),
      })}
    >
      <ClassEditor<EditedClass>
        classes={classes}
        onChange={setClasses}
        grid={project.task_kind === 'classification'}
        make={(fresh) => fresh}
        fixed={(item) => item.id !== undefined}
      />
      <p className="muted small">{t('settings.classesHint')}</p>
    </SettingsForm>
  );
}

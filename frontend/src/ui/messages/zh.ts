import type { en } from './en';
import { annotate } from './zh/annotate';
import { bring } from './zh/bring';
import { choosing } from './zh/choosing';
import { classify } from './zh/classify';
import { click } from './zh/click';
import { data } from './zh/data';
import { display } from './zh/display';
import { findings } from './zh/findings';
import { home } from './zh/home';
import { keys } from './zh/keys';
import { layers } from './zh/layers';
import { models } from './zh/models';
import { notes } from './zh/notes';
import { overview } from './zh/overview';
import { people } from './zh/people';
import { pixels } from './zh/pixels';
import { proposals } from './zh/proposals';
import { report } from './zh/report';
import { review } from './zh/review';
import { safety } from './zh/safety';
import { shell } from './zh/shell';
import { starts } from './zh/starts';
import { tools } from './zh/tools';
import { use } from './zh/use';
import { transfer } from './zh/transfer';
import { wizard } from './zh/wizard';

export const zh: Record<keyof typeof en, string> = {
  ...shell,
  ...home,
  ...wizard,
  ...overview,
  ...data,
  ...annotate,
  ...classify,
  ...click,
  ...proposals,
  ...display,
  ...tools,
  ...transfer,
  ...pixels,
  ...report,
  ...review,
  ...notes,
  ...keys,
  ...layers,
  ...findings,
  ...models,
  ...bring,
  ...choosing,
  ...starts,
  ...people,
  ...safety,
  ...use,
};

import { annotate } from './en/annotate';
import { bring } from './en/bring';
import { choosing } from './en/choosing';
import { classify } from './en/classify';
import { click } from './en/click';
import { data } from './en/data';
import { display } from './en/display';
import { findings } from './en/findings';
import { home } from './en/home';
import { keys } from './en/keys';
import { layers } from './en/layers';
import { models } from './en/models';
import { notes } from './en/notes';
import { overview } from './en/overview';
import { people } from './en/people';
import { pixels } from './en/pixels';
import { proposals } from './en/proposals';
import { report } from './en/report';
import { review } from './en/review';
import { safety } from './en/safety';
import { shell } from './en/shell';
import { starts } from './en/starts';
import { tools } from './en/tools';
import { use } from './en/use';
import { transfer } from './en/transfer';
import { wizard } from './en/wizard';

export const en = {
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

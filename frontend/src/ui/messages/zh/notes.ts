import type { notes as english } from '../en/notes';

export const notes: Record<keyof typeof english, string> = {
  'notes.title': '审核员的批注',
  'notes.open': '{n} 条未处理',
  'notes.allDone': '全部已处理',
  'notes.done': '批注 {n} 已处理',
  'view.nextNote': '审核员的下一条批注',
  'view.previousNote': '审核员的上一条批注',
  'edit.tickNote': '勾选或取消勾选批注',
  'why.noNotes': '此图像没有批注。',
  'why.noNote': '请先转到一条批注。',
};

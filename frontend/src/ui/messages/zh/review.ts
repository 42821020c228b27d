import type { review as english } from '../en/review';

export const review: Record<keyof typeof english, string> = {
  'review.lead': '答案需要裁定的样本。',
  'review.list': '待审核样本',
  'review.answersAgreement': '{n} 个答案，一致性 {agreement}',
  'review.short': '{n} 个答案 · {agreement}',
  'review.disputed': '有争议',
  'review.accept': '接受',
  'review.acceptThis': '接受此答案',
  'review.correct': '修正',
  'review.sendBack': '退回',
  'review.sendBackText': '样本回到队列重新标注，已有答案会保留。',
  'review.note': '给标注员的说明',
  'review.hide': '隐藏轮廓',
  'review.consensus': '共识',
  'review.consensusHint': '{n} 个对象，{disputed} 个有争议，一致性 {agreement}',
  'review.answerHint': '{n} 个对象，用时 {seconds}',
  'review.saved': '裁定已保存。',
  'review.keys':
    '按键：A 接受共识，1-9 选择答案，Enter 接受所选，C 修正，S 退回，H 隐藏轮廓，J、K 下一个、上一个。',
  'review.emptyTitle': '没有待审核内容',
  'review.emptyText': '当答案不一致，或项目由审核员裁定时，样本会出现在这里。目前都已裁定。',
  'plane.failed': '无法显示此图像。',
  'plane.noLabels': '这里没有轮廓。',
};

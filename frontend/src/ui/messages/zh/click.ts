/** 点击分割。 */
export const click = {
  'tool.click': '点选细胞',
  'tip.click':
    '点击细胞即可勾画。继续点击可添加，Alt 点击或右键可去除；Enter 保留，Backspace 撤回。',
  'click.notYet': '点击细胞后，此处会说明轮廓的来源。',
  'click.byModel': '轮廓来自模型 {n} 对此图像的判断。',
  'click.byPicture': '轮廓来自强度值：尚无模型看过此图像。',
  'hint.click_inside_first': '请先点击细胞内部，再点掉不属于它的部分。',
  'hint.click_nothing': '此处没有明显的细胞。请点击更靠近细胞中央的位置，或用画笔勾画。',
  'hint.click_too_far': '同一细胞的点击应彼此靠近。请按 Enter 保留此细胞，再点击下一个。',
  'hint.click_offline': '无法连接服务器，暂时不能通过点击勾画。绘制不受影响；请稍后再点击。',
  'hint.click_signed_out': '您已退出登录。请重新登录后再点击一次。',
  'hint.click_refused': '此细胞无法通过点击勾画。请用画笔绘制。',
};

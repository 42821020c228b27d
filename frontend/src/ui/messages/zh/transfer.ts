/** 模型的导出、导入与说明卡。 */
export const transfer = {
  'transfer.take': '导出',
  'transfer.none': '尚未写出模型包。',
  'transfer.ordered': '正在写出模型包。',
  'transfer.fetch': '下载 {name}',
  'transfer.format.bioimageio': 'BioImage.IO',
  'transfer.format.onnx': 'ONNX',
  'transfer.format.safetensors': 'safetensors',
  'transfer.use': '预期用途',
  'transfer.licence': '许可证',
  'transfer.licenceHint': 'SPDX 名称，如 CC-BY-4.0。',
  'transfer.authors': '作者',
  'transfer.authorsHint': '以逗号分隔。',
  'transfer.save': '保存说明卡',
  'transfer.saved': '说明卡已保存。',
};

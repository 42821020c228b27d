/** Models on their way out and in, and their cards. */
export const transfer = {
  'transfer.take': 'Take away',
  'transfer.none': 'No package was written yet.',
  'transfer.ordered': 'The package is being written.',
  'transfer.fetch': 'Download {name}',
  'transfer.format.bioimageio': 'BioImage.IO',
  'transfer.format.onnx': 'ONNX',
  'transfer.format.safetensors': 'safetensors',
  'transfer.use': 'Intended use',
  'transfer.licence': 'Licence',
  'transfer.licenceHint': 'An SPDX name such as CC-BY-4.0.',
  'transfer.authors': 'Authors',
  'transfer.authorsHint': 'Divided by commas.',
  'transfer.save': 'Save card',
  'transfer.saved': 'The card is saved.',
};

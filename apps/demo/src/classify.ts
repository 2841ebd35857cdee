/**
 * Is a strip of text upside down? A small network looks at the strip at 48 x 192 and gives two probabilities; when it is
 * sure of the second one, the strip is turned by 180 degrees. Network: the direction classifier of PP-OCR, Du et al., 2020.
 */
import { type Picture, resizePicture } from '@trtx/cli/picture';
import { cropWidth, turnHalf } from './resample.ts';
import { type Net, PLUS_MINUS_ONE, pictureToTensor } from './tensor.ts';

/** The one input shape of the classifier. */
export const CLASSIFIER_SHAPE = 'x:1x3x48x192';

const HEIGHT = 48;
const WIDTH = 192;

/** Of a strip that is more times as long as high, the beginning decides: squeezed further, letters are past telling. */
const LONGEST = 8;

/** A wrong turn ruins a line, so the classifier has to be sure. */
const SURE = 0.9;

/** The strip, turned upright when it stands on its head, and whether it was. */
export async function uprightStrip(strip: Picture, classifier: Net): Promise<{ strip: Picture; turned: boolean }> {
  const start = cropWidth(strip, Math.min(strip.width, LONGEST * strip.height));
  const width = Math.min(WIDTH, Math.ceil((HEIGHT * start.width) / start.height));
  const { data } = await classifier(pictureToTensor(resizePicture(start, width, HEIGHT), PLUS_MINUS_ONE, WIDTH));
  const turned = data[1] > SURE;
  return { strip: turned ? turnHalf(strip) : strip, turned };
}

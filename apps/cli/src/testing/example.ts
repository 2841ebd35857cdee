import { decodePicture } from '@trtx/cli/picture';

const { width, height, rgba } = await decodePicture('cat.png');
console.log(width, height, rgba.length);

// The script of pages of graphs: reads the data in the page and starts.

import type { PageData } from '../page-data.ts';
import { App } from './app.ts';

const data = JSON.parse(document.getElementById('data')!.textContent!) as PageData;
document.body.append(new App(data).element);

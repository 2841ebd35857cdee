// The script of pages of plans: the page of a graph, with charts of its layers.

import type { PlanPageData } from '../../page-data.ts';
import { App } from '../app.ts';
import type { Extension } from '../extension.ts';
import { barChart } from './bars.ts';
import { layerOf, shownNode } from './chart.ts';
import { memoryTimeline } from './memory.ts';
import { planSummary } from './plan-summary.ts';
import { roofline } from './roofline.ts';
import { sourceButton } from './source.ts';

const data = JSON.parse(document.getElementById('data')!.textContent!) as PlanPageData;

function extend(select: (node: number | undefined) => void): Extension {
  const options = { data, select };
  return {
    charts: [barChart(options), ...(data.runs ? [roofline(options)] : []), memoryTimeline(options)],
    keys: 'In charts, arrow keys go from layer to layer, Home and End to the first and the last one.',
    notes: data.notes,
    details({ node }) {
      const layer = layerOf(data, node);
      if (layer === undefined) return [];
      return [sourceButton(shownNode(data, layer).node.title, data.modules[data.layers[layer]!.module]!)];
    },
    summary: (state, find) => planSummary(data, state, find),
  };
}

document.body.append(new App(data, extend).element);

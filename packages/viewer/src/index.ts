// @trtx/viewer: graphs, what passes made of them, and plans with their profiles, each as one HTML page.
export { drawGraph } from './draw-graph.ts';
export { drawPlan } from './draw-plan.ts';
export type { Drawing, DrawnNode, DrawnValue, Link, NodeRef, Picture } from './drawing.ts';
export { type GraphPageOptions, graphPage, type LabelledPicture } from './graph-page.ts';
export {
  type Change,
  futureOf,
  type History,
  historyOf,
  type Lineage,
  pastOf,
  type Step,
  type Version,
} from './history.ts';
export { type LayoutCache, layoutDrawing } from './layout/layout.ts';
export { type Asset, htmlPage, type PageParts } from './page.ts';
export type { Box, Placed, PlacedEdge } from './placed.ts';
export { type ProfilePageOptions, profilePage } from './profile-page.ts';
export type {
  ShownEnd,
  ShownLayer,
  ShownPeak,
  ShownPlan,
  ShownProfile,
  ShownRange,
  ShownTensor,
  ShownTimes,
} from './shown-plan.ts';

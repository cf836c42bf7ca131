/** All that arrives with the first use of a tool: one file, so that the page names one. */
export { AreaCard } from './AreaCard';
export { AreaTitle } from './AreaTitle';
export { HexagonLegend, HexagonSync } from './Hexagons';
export { Nearest } from './Nearest';
export { OwnCard } from './OwnCard';
export { Refused } from './Refused';
export { Future, NothingOn, SharedCut } from './said';
export { Tools } from './Tools';

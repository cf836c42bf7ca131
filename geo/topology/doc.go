// Package topology simplifies the polygons of many units at once, so that neighbours stay neighbours: a line between
// two units is held once, is simplified once, and is the border of both.
//
// A Coverage is a planar graph of vertices and edges; every edge knows the face on either side. Two operations make it
// coarser, and neither can open a gap, make an overlap or let lines cross:
//
//   - a face too small to be seen is given to a neighbour (or to the outside, for an island): its border vanishes;
//   - a vertex between two edges is left out (Visvalingam and Whyatt, 1993: the one of the smallest triangle first)
//     when its triangle holds no other vertex and the new edge does not exist yet, so that the graph is deformed
//     without anything being crossed or jumped over.
//
// All that decides about topology is computed on whole numbers of 1e-7 degree, hence exact, and once more on the web
// mercator plane, where tiles are cut and straight lines run a little differently.
package topology

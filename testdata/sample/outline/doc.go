// Package outline turns directed edges into polygons. All arithmetic that decides something is done on whole numbers
// (geo.Position, units of 1e-7 degree), so shapes that share an edge share it exactly, and dissolving shapes means to
// drop the edges that occur in both directions.
package outline

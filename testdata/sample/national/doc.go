// Package national generates a made-up organization of any size on the real divisions of China: organizations with
// superiors, grids and reports. Every item is a function of the seed, the number of items and its own number, so that
// items may be read in any order and a load that was broken off goes on anywhere. README.md says what is real.
// Positions are OGC:CRS84 (longitude, latitude), multiples of 1e-7 degree.
package national

//go:generate go run ./pack -divisions divisions-5level.csv.gz -out divisions.txt.gz

// Version changes with what is generated: items of two versions must not be mixed in one load.
const Version = 1

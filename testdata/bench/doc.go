// Package bench measures a running server, and the tile servers that it is compared with, from outside: percentiles, due times,
// processor time of processes, and lists of tiles drawn by population. load is the generator of requests, a process of its
// own; peers runs the comparisons and writes RESULTS.md.
package bench

// Package web holds the built viewer. Without a build it holds a placeholder page only, so that the server compiles and
// runs on a clone that has never seen npm.
package web

import (
	"embed"
	"io/fs"
)

//go:embed dist
var dist embed.FS

// Files returns the built viewer: index.html with its assets, or placeholder.html alone when nothing was built.
func Files() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // only for an invalid path, and this one is a constant
	}
	return sub
}

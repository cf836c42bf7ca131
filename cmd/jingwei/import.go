package main

import "errors"

type importCommands struct {
	Boundaries importBoundariesCommand `cmd:"" help:"Read boundaries of divisions, or lines that belong to them, from GeoJSON."`
}

// errPartlyRefused ends an import that left something out; it is told by its own exit code.
var errPartlyRefused = errors.New("not everything could be taken")

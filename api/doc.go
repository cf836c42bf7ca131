// Package api serves Jingwei over HTTP: resources, tiles, search, styles, base maps and events. It is described by
// openapi.yaml, maps the error kinds of package geo to statuses in one place, and is the only package that knows echo.
package api

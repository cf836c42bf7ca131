package main

import (
	"fmt"
	"os"
	"time"
)

// progress shows how far long work is: a line that is rewritten on a terminal, nothing for machines.
type progress struct {
	console *console
	name    string
	shown   time.Time
	visible bool
}

func newProgress(c *console, name string) *progress {
	f, isFile := c.out.(*os.File)
	p := &progress{console: c, name: name}
	if !c.json && isFile {
		info, err := f.Stat()
		p.visible = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

// update shows the state at most ten times a second.
func (p *progress) update(done, total int) {
	if !p.visible || time.Since(p.shown) < 100*time.Millisecond || total == 0 {
		return
	}
	p.shown = time.Now()
	fmt.Fprintf(p.console.out, "\r%s: %d of %d (%d %%) ", p.name, done, total, 100*done/total)
}

// done ends the line.
func (p *progress) done() {
	if p.visible && !p.shown.IsZero() {
		fmt.Fprintf(p.console.out, "\r%s: done                          \n", p.name)
	}
}

package password

import (
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"sync"

	"jingwei/geo"
)

// Workers is an Engine of processes beside the program, of which each computes one task at a time: their memory and their
// garbage are none of the program's, and they can have another priority. A process starts with the first task that finds
// none idle, so there are never more than tasks at the same time, and ends with Close or with the program, whatever ends
// that. A process that has died is replaced by the next task; the task that it had is geo.ErrUnavailable. It is safe for
// concurrent use.
type Workers struct {
	command func() *exec.Cmd
	log     *slog.Logger

	mu     sync.Mutex
	idle   []*worker
	closed bool
}

// NewWorkers returns an Engine whose processes are started with a command each; it must do Work with its standard input
// and output. What it writes to standard error is the command's business: secrets must not be in it.
func NewWorkers(command func() *exec.Cmd, log *slog.Logger) *Workers {
	return &Workers{command: command, log: log}
}

// Derive has a process compute the key of a task.
func (w *Workers) Derive(t Task) ([]byte, error) {
	p, err := w.take()
	if err != nil {
		return nil, lost(err)
	}
	key, err := p.derive(t)
	if err != nil {
		w.log.Warn("a process that checks passwords has failed; the next password starts another", "error", err)
		return nil, lost(err)
	}
	w.put(p)
	return key, nil
}

// Close ends the processes that are idle, and the others after their tasks. Tasks after it are geo.ErrUnavailable.
func (w *Workers) Close() {
	w.mu.Lock()
	idle := w.idle
	w.idle, w.closed = nil, true
	w.mu.Unlock()
	for _, p := range idle {
		p.end()
	}
}

// take returns a process that is idle, or a new one. Those that have died while they were idle are forgotten.
func (w *Workers) take() (*worker, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, errors.New("password: closed")
	}
	for len(w.idle) > 0 {
		last := len(w.idle) - 1
		p := w.idle[last]
		w.idle = w.idle[:last]
		if p.alive() {
			return p, nil
		}
	}
	return startWorker(w.command())
}

func (w *Workers) put(p *worker) {
	w.mu.Lock()
	closed := w.closed
	if !closed {
		w.idle = append(w.idle, p)
	}
	w.mu.Unlock()
	if closed {
		p.end()
	}
}

func lost(err error) error {
	return fmt.Errorf("%w: %w", &geo.Error{Kind: geo.ErrUnavailable, Message: "the server could not check the password; try again"}, err)
}

package password

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"sync"
	"time"

	"jingwei/geo"
)

// How long a process may take for a task before it is taken for dead, far longer than one of low priority needs on a
// machine that is busy and less than a request may take; and to end when there will be no more tasks.
const (
	mostComputing = 15 * time.Second
	mostEnding    = time.Second
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

// worker is a process that computes one task at a time.
type worker struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	keys  chan []byte
	ended chan struct{} // closed when the process is no more
}

func startWorker(cmd *exec.Cmd) (*worker, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("password: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("password: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("password: start a process: %w", err)
	}
	p := &worker{cmd: cmd, in: in, keys: make(chan []byte, 1), ended: make(chan struct{})}
	go p.listen(out)
	return p, nil
}

// listen hands on the keys until there are no more, or more than were asked for, and then buries the process.
func (p *worker) listen(out io.Reader) {
	defer close(p.ended)
	for more := true; more; {
		key, err := readFrame(out)
		if more = err == nil; more {
			select {
			case p.keys <- key:
			default:
				more = false
			}
		}
	}
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait() // how it ended is in its state
}

// derive asks for a key. After an error the process is of no use any more, and ends.
func (p *worker) derive(t Task) ([]byte, error) {
	frame := t.frame()
	defer clear(frame)
	if err := writeFrame(p.in, frame); err != nil {
		p.kill()
		return nil, fmt.Errorf("password: %w", err)
	}
	late := time.NewTimer(mostComputing)
	defer late.Stop()
	select {
	case key := <-p.keys:
		if len(key) != int(t.KeyLength) {
			p.kill()
			return nil, errFrame
		}
		return key, nil
	case <-p.ended:
		return nil, fmt.Errorf("password: the process ended: %v", p.cmd.ProcessState)
	case <-late.C:
		p.kill()
		return nil, fmt.Errorf("password: the process took over %v", mostComputing)
	}
}

func (p *worker) alive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// end lets the process see that there will be no more tasks, and waits until it is gone; one that does not go is killed.
func (p *worker) end() {
	_ = p.in.Close()
	defer time.AfterFunc(mostEnding, p.kill).Stop()
	<-p.ended
}

// kill ends the process as it is, and waits until it is gone.
func (p *worker) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

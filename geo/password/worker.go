package password

import (
	"fmt"
	"io"
	"os/exec"
	"time"
)

// How long a process may take for a task before it is taken for dead, far longer than one of low priority needs on a
// machine that is busy and less than a request may take; and to end when there will be no more tasks.
const (
	mostComputing = 15 * time.Second
	mostEnding    = time.Second
)

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

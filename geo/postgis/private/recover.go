package private

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// patience is what a running server is given to answer, or its processes to end on a signal.
const patience = 3 * time.Second

// adopt takes over a server that a killed Jingwei left running; nil when there is none that answers. One that is
// still starting repairs what a crash left: to restart it would only begin that anew.
func adopt(ctx context.Context, c Config, bin binaries, p *place) *server {
	m, err := readPostmaster(p.data)
	if err != nil || !m.alive() {
		return nil
	}
	s := &server{bin: bin, master: m, exited: make(chan struct{})}
	go s.watch(func() { _ = poll(context.Background(), time.Second, func() bool { return !m.alive() }) }, p.logPath())
	wait, cancel := ctx, context.CancelFunc(func() {})
	if m.status != "starting" {
		wait, cancel = context.WithTimeout(ctx, patience)
	}
	defer cancel()
	if s.master, err = s.awaitReady(wait, c.Log, p); err != nil || s.master.socketDir != p.run {
		c.Log.Warn("a PostgreSQL that was left running does not answer and is restarted", "process", m.pid, "error", err)
		return nil
	}
	c.Log.Info("took over the PostgreSQL that was left running", "process", m.pid, "data", p.data)
	return s
}

// clearRemains ends every process of the cluster and deletes the lock files of a server that is no more. PostgreSQL
// would refuse to start over them when their pid is by now that of another process, or while a backend still lives.
func clearRemains(ctx context.Context, p *place) error {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		if err := endProcesses(ctx, p.data, s); err != nil {
			return err
		}
	}
	if left := serverProcesses(p.data); len(left) > 0 {
		return fmt.Errorf("processes %v of an earlier server do not end", left)
	}
	socket := filepath.Join(p.run, ".s.PGSQL."+port)
	for _, path := range []string{filepath.Join(p.data, "postmaster.pid"), socket, socket + ".lock"} {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

// endProcesses signals the processes of the cluster and waits a while for their end. SIGINT and SIGQUIT go to the
// postmaster, who hands them on; when it is gone, to all.
func endProcesses(ctx context.Context, data string, s syscall.Signal) error {
	targets := serverProcesses(data)
	if m, err := readPostmaster(data); err == nil && m.alive() && s != syscall.SIGKILL {
		targets = []int{m.pid}
	}
	for _, pid := range targets {
		_ = syscall.Kill(pid, s) // gone already: that is what is wanted
	}
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_ = poll(wait, tick, func() bool { return len(serverProcesses(data)) == 0 }) // the next signal is stronger
	return ctx.Err()
}

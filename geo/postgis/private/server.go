package private

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

//go:embed keeper.sh
var keeper string

// tick is how often the state of another process is looked at: it has no way to tell.
const tick = 20 * time.Millisecond

// maxLog is the size at which the server's log is cut: the file and its one predecessor stay below twice that.
const maxLog = 16 * mib

// server is a running postmaster, started by us or taken over.
type server struct {
	bin    binaries
	master postmaster
	child  bool          // a child process of ours, not taken over
	exited chan struct{} // closed when the postmaster has ended
}

// launch starts postgres and waits until it answers.
func launch(ctx context.Context, c Config, bin binaries, p *place) (*server, error) {
	cmd, err := serverCommand(c, bin, p)
	if err != nil {
		return nil, err
	}
	logFile := cmd.Stderr.(*os.File)
	defer logFile.Close()
	offset, err := logFile.Seek(0, 2)
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start postgres: %w", err)
	}
	s := &server{bin: bin, child: true, exited: make(chan struct{})}
	go s.watch(func() { _ = cmd.Wait() }, p.logPath()) // how it ended is in its log
	if s.master, err = s.awaitReady(ctx, c.Log, p); err != nil {
		said := logSince(p.logPath(), offset)
		return nil, errors.Join(fmt.Errorf("%w; its log %s ends: %s", err, p.logPath(), said), s.abandon(p))
	}
	return s, nil
}

// serverCommand prepares postgres in the foreground, below the keeper when the server is a test's. What must hold
// whatever the settings say is on the command line.
func serverCommand(c Config, bin binaries, p *place) (*exec.Cmd, error) {
	args := []string{bin.path("postgres"), "-D", p.data, "-c", "listen_addresses=", "-c", "port=" + port, "-c", "logging_collector=off",
		"-c", "cluster_name=" + clusterName(p.data),
		"-c", "unix_socket_directories=" + quoteDirectory(p.run), "-c", "unix_socket_permissions=0700"}
	if c.While != "" {
		lock, err := filepath.Abs(c.While)
		if err != nil {
			return nil, err
		}
		args = append([]string{"/bin/sh", "-c", keeper, "jingwei-test-keeper", lock, p.dir, p.run}, args...)
	}
	logFile, err := openLog(p)
	if err != nil {
		return nil, err
	}
	// The server outlives the context of Start and, when this process is killed, the process.
	cmd := p.account.command(context.Background(), args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = logFile, logFile
	return cmd, nil
}

// quoteDirectory writes a path as an item of a comma-separated list setting.
func quoteDirectory(path string) string { return `"` + strings.ReplaceAll(path, `"`, `""`) + `"` }

// watch tells the end of the server, which wait waits for, and keeps its log short.
func (s *server) watch(wait func(), log string) {
	defer close(s.exited)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		wait()
	}()
	cut := time.NewTicker(time.Minute)
	defer cut.Stop()
	for {
		select {
		case <-ended:
			return
		case <-cut.C:
			_ = cutLog(log) // tried again in a minute
		}
	}
}

// awaitReady waits until the postmaster accepts connections; crash recovery may take minutes.
func (s *server) awaitReady(ctx context.Context, log *slog.Logger, p *place) (postmaster, error) {
	look := time.NewTicker(tick)
	defer look.Stop()
	tell := time.NewTicker(5 * time.Second)
	defer tell.Stop()
	for {
		m, err := readPostmaster(p.data)
		if err == nil && m.ready() {
			return m, ping(ctx, m.socketDir)
		}
		select {
		case <-s.exited:
			return m, errors.New("postgres ended while it started")
		case <-ctx.Done():
			return m, fmt.Errorf("wait for postgres: %w", ctx.Err())
		case <-tell.C:
			log.Info("waiting for PostgreSQL, which may be repairing what a crash left", "status", m.status, "log", p.logPath())
		case <-look.C:
		}
	}
}

// abandon ends a server that did not come up.
func (s *server) abandon(p *place) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if m, err := readPostmaster(p.data); err == nil && m.alive() {
		s.master = m
	}
	err := s.quit(ctx, p)
	p.removeShortRun()
	return err
}

// stop ends the postmaster in order, or without it when ctx ends first.
func (s *server) stop(ctx context.Context, p *place) error {
	s.master.signal(syscall.SIGINT)
	if err := poll(ctx, tick, func() bool { return !s.master.alive() }); err != nil {
		kill, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return errors.Join(fmt.Errorf("stop PostgreSQL in order: %w", err), s.quit(kill, p))
	}
	if s.child {
		<-s.exited // reaped, and so is a test's keeper
	}
	return clearRemains(ctx, p)
}

// quit ends the postmaster at once; the next start repairs.
func (s *server) quit(ctx context.Context, p *place) error {
	s.master.signal(syscall.SIGQUIT)
	err := clearRemains(ctx, p)
	if err == nil && s.child {
		<-s.exited
	}
	return err
}

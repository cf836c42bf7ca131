package private

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// postmaster is what postmaster.pid says of a server (lines as in PostgreSQL's miscadmin.h, LOCK_FILE_LINE_*).
type postmaster struct {
	pid       int
	data      string
	socketDir string // "" in the first moments of a start
	status    string // "starting", "ready", "stopping", "standby"
}

func readPostmaster(data string) (postmaster, error) {
	text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return postmaster{}, err
	}
	lines := strings.Split(string(text), "\n")
	line := func(n int) string {
		if n > len(lines) {
			return ""
		}
		return strings.TrimSpace(lines[n-1])
	}
	pid, err := strconv.Atoi(line(1))
	if err != nil {
		return postmaster{}, fmt.Errorf("postmaster.pid: %w", err)
	}
	return postmaster{pid: pid, data: data, socketDir: line(5), status: line(8)}, nil
}

func (m postmaster) ready() bool { return m.status == "ready" && m.socketDir != "" && m.alive() }

// alive tells whether the pid is still that of a server of this data directory: a pid is soon somebody else's after a
// crash of the machine, and PostgreSQL itself would take any process of the same user for the server.
func (m postmaster) alive() bool { return m.pid > 0 && isServer(m.pid, m.data) }

func (m postmaster) signal(s syscall.Signal) {
	if m.alive() {
		_ = syscall.Kill(m.pid, s) // gone already: that is what is wanted
	}
}

// isServer tells whether the process is a postmaster or backend of the cluster. They all work in its data directory;
// but root without CAP_SYS_PTRACE, as in most containers, may not see that of another user's process. Then the command
// line tells: a postmaster keeps the one that launch gave it, its children show the name of the cluster.
func isServer(pid int, data string) bool {
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	name, err := os.ReadFile(filepath.Join(proc, "comm"))
	if err != nil || strings.TrimSpace(string(name)) != "postgres" {
		return false
	}
	if cwd, err := os.Readlink(filepath.Join(proc, "cwd")); err == nil {
		return cwd == data
	}
	line, err := os.ReadFile(filepath.Join(proc, "cmdline"))
	if err != nil {
		return false
	}
	return isServerCommand(string(line), data)
}

// isServerCommand judges by /proc/PID/cmdline, whose arguments end in NUL each.
func isServerCommand(line, data string) bool {
	if strings.HasPrefix(line, "postgres: "+clusterName(data)+": ") {
		return true
	}
	args := strings.Split(line, "\x00")
	return filepath.Base(args[0]) == "postgres" && len(args) > 2 && args[1] == "-D" && args[2] == data
}

// clusterName is what the titles of the server's processes begin with.
func clusterName(data string) string { return "jingwei-" + stableName(data) }

// serverProcesses lists every process of the cluster, backends that outlived their postmaster included.
func serverProcesses(data string) []int {
	entries, _ := os.ReadDir("/proc") // without /proc there is nothing to find
	var pids []int
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil && isServer(pid, data) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// poll calls done at each interval until it is true or ctx ends.
func poll(ctx context.Context, every time.Duration, done func() bool) error {
	look := time.NewTicker(every)
	defer look.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
		}
	}
	return nil
}
